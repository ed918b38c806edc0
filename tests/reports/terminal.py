"""A program on a pseudo-terminal, seen through a terminal emulator (pyte) as a person would see it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import pyte

SECONDS = 30


class Terminal:
    def __init__(self, columns: int, rows: int, command: str, **environment: str) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=5000)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = b""
        self.shell, self.fd = pty.fork()
        if self.shell == 0:
            os.environ.update({"TERM": "xterm-256color"} | environment)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            # With job control: what it starts is a job of its own and can be stopped.
            os.execvp("bash", ["bash", "-c", "set -m; " + command])

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if (columns, rows) != (self.screen.columns, self.screen.lines):
            self.screen.resize(rows, columns)

    def read(self, seconds: float) -> bool:
        """False at the end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.bytes += data
        self.stream.feed(data)
        return bool(data)

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip() + "\n"

    def wait_for(self, pattern: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not re.search(pattern, self.text(), re.M):
            in_time = time.monotonic() <= deadline
            if (not self.read(0.1) or not in_time) and not re.search(pattern, self.text(), re.M):
                raise SystemExit(f"waited in vain for {pattern}:\n{self.text()}")

    def send(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def job(self) -> int:
        """The process that has the terminal."""
        return os.tcgetpgrp(self.fd)

    def is_restored(self) -> bool:
        return not self.screen.cursor.hidden and pyte.modes.DECAWM in self.screen.mode

    def keys_are_plain(self) -> bool:
        return termios.tcgetattr(self.fd)[3] & (termios.ICANON | termios.ECHO) == termios.ICANON | termios.ECHO

    def finish(self) -> int:
        deadline = time.monotonic() + SECONDS
        while self.read(0.1):
            if time.monotonic() > deadline:
                os.kill(self.shell, signal.SIGKILL)
                raise SystemExit(f"does not end:\n{self.text()}")
        return os.waitstatus_to_exitcode(os.waitpid(self.shell, 0)[1])
