"""A small virtual machine with Debian's own kernel: cgroup v2 with every controller, and an ordinary user `alice` who
owns a delegated subtree. Emulated (no KVM needed), up in a few seconds.

The root file system is an ext4 in memory, filled from an initramfs made here: busybox, the given programs with the
libraries that ldd lists for them, and the files of guest/. The guest reports on a second serial line, so that kernel messages do not get between.
"""

import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


class CpioArchive:
    """The kernel's initramfs format, "newc": for each file a header of hexadecimal fields, its name, its bytes."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb")
        self.inode = 0
        self.folders: set[str] = set()

    def add(self, name: str, mode: int, content: bytes = b"") -> None:
        parent = os.path.dirname(name)
        if parent and parent not in self.folders:
            self.add_folder(parent)
        self.inode += 1
        encoded = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(encoded), 0)
        self.file.write(b"070701" + b"".join(b"%08x" % value for value in fields) + encoded)
        self.pad()
        self.file.write(content)
        self.pad()

    def add_folder(self, name: str, permissions: int = 0o755) -> None:
        if name not in self.folders:
            self.folders.add(name)
            self.add(name, stat.S_IFDIR | permissions)

    def close(self) -> None:
        self.add("TRAILER!!!", 0)
        self.file.close()

    def pad(self) -> None:
        self.file.write(b"\0" * (-self.file.tell() % 4))


def libraries(program: Path) -> list[Path]:
    """The shared libraries and the loader of a program, as ldd finds them; none for a static one."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return [Path(word) for line in listing.splitlines() for word in line.split() if word.startswith("/")]


def stripped(program: Path, scratch: Path) -> bytes:
    """Debug information would only make the machine slower to start."""
    copy = scratch / program.name
    done = subprocess.run(["strip", "-g", "-o", copy, program], capture_output=True, check=False)
    return (copy if done.returncode == 0 else program).read_bytes()


def make_root(archive: CpioArchive, modules: list[Path], programs: list[Path], scratch: Path) -> None:
    # Busybox cannot become another user without asking for a password, knows no cgroup namespaces, and makes no ext4.
    for tool in ("setpriv", "unshare", "mke2fs"):
        programs = [*programs, Path(shutil.which(tool) or f"/usr/sbin/{tool}")]
    for folder in ("bin", "dev", "etc", "home/alice", "proc", "root", "sys", "usr/bin", "modules"):
        archive.add_folder(folder)
    archive.add_folder("tmp", 0o1777)
    archive.add("usr/bin/busybox", stat.S_IFREG | 0o755, Path("/bin/busybox").read_bytes())
    archive.add("bin/busybox", stat.S_IFLNK | 0o777, b"/usr/bin/busybox")
    archive.add("etc/passwd", stat.S_IFREG | 0o644, b"root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n")
    archive.add("etc/group", stat.S_IFREG | 0o644, b"root:x:0:\nalice:x:1000:\n")
    for module in modules:
        archive.add(f"modules/{module.name}", stat.S_IFREG | 0o644, module.read_bytes())
    for file in sorted((HERE / "guest").iterdir()):
        name = "init" if file.name == "init" else f"guest/{file.name}"
        archive.add(name, stat.S_IFREG | 0o755, file.read_bytes())
    needed = {path for program in programs for path in libraries(program)}
    for library in sorted(needed):
        archive.add(str(library).lstrip("/"), stat.S_IFREG | 0o755, library.read_bytes())
    for program in programs:
        archive.add(f"usr/local/bin/{program.name}", stat.S_IFREG | 0o755, stripped(program, scratch))


def boot(kernel: Path, script: str, programs: list[Path], files: list[Path], seconds: float) -> tuple[str, str]:
    """Runs guest/`script` as root in a fresh machine; returns what it reported and the console. `files` keep their paths."""
    qemu = shutil.which("qemu-system-x86_64")
    if qemu is None:
        raise FileNotFoundError("qemu-system-x86_64: install the Debian package qemu-system-x86")
    with tempfile.TemporaryDirectory(prefix="maelstrom-vm-") as folder:
        scratch = Path(folder)
        archive = CpioArchive(scratch / "initramfs")
        make_root(archive, sorted(kernel.glob("*.ko")), programs, scratch)
        for file in files:
            archive.add(str(file.resolve()).lstrip("/"), stat.S_IFREG | 0o755, stripped(file, scratch))
        archive.close()
        report, console = scratch / "report", scratch / "console"
        command = [qemu, "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", "1536", "-nodefaults", "-no-reboot"]
        command += ["-display", "none", "-serial", f"file:{console}", "-serial", f"file:{report}"]
        command += ["-kernel", str(kernel / "vmlinuz"), "-initrd", str(scratch / "initramfs")]
        command += ["-append", f"console=ttyS0 quiet panic=-1 script={script}"]
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            pass  # the report lacks its last line, which is what the caller looks for
        return report.read_text(errors="replace"), console.read_text(errors="replace")
