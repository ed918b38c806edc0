# shellcheck shell=dash
# The engine on Debian's kernel: the containers that behave differently from kernel to kernel.
. /guest/lib.sh

static='"layers":[{"paths":["/usr/bin/busybox"]},{"stubs":["/proc/","/sys/","/tmp/","/dev/{null,full,zero,tty,urandom}","/dev/pts/","/dev/mqueue/","/dev/shm/"]},{"symlinks":[{"link":"/bin/sh","target":"/usr/bin/busybox"}]}]'
job_of() { # CONTAINER-KEYS SCRIPT
    printf '{%s,%s"program":"/bin/sh","arguments":["-c","%s"],"environment":{"PATH":"/usr/bin"},"timeout":20}' "$static" "$1" "$2"
}
mkdir -p /home/alice/project && chown alice:alice /home/alice/project
mounts='"mounts":[{"type":"proc","mount_point":"/proc"},{"type":"tmp","mount_point":"/tmp"},{"type":"devices","devices":["null","full","zero","tty","urandom","shm"]},{"type":"devpts","mount_point":"/dev/pts"},{"type":"mqueue","mount_point":"/dev/mqueue"}'

for user in root alice; do
    if [ $user = root ]; then as="env"; else as=as_bare_alice; fi
    check "$user: the host container" 0 '^hello from /home/alice/project$' sh -c "cd /home/alice/project && $as maelstrom-run sh -c 'echo hello from \$PWD'"
    check "$user: a read-only root" 1 'Read-only file system' $as job "$(job_of '' 'echo x >/x')"
    check "$user: a writable root" 0 '^x$' $as job "$(job_of '"enable_writable_file_system":true,' 'echo x >/x; busybox cat /x')"
    # Before Linux 6.6 tmpfs has no user.* attributes, which is where overlayfs keeps its opaque marks: these go to the disk.
    check "$user: a directory of a layer removed and made again" 0 '^gone$' $as job \
        "$(job_of '"enable_writable_file_system":true,' 'busybox rm -r /sys && busybox mkdir /sys && echo gone')"
    check "$user: a directory of a layer renamed" 0 '^moved$' $as job \
        "$(job_of '"enable_writable_file_system":true,' 'busybox mv /dev/pts /dev/other && busybox ls -d /dev/pts; busybox test -d /dev/other && echo moved')"
    check "$user: every mount" 0 '^fine$' $as job \
        "$(job_of "$mounts]," 'busybox test -c /dev/null && busybox test -d /proc/1 && echo fine >/tmp/x && busybox cat /tmp/x')"
    check "$user: sysfs" 0 '^lo$' $as job \
        "$(job_of '"network":"loopback","mounts":[{"type":"sys","mount_point":"/sys"}],' 'busybox ls /sys/class/net')"
    check "$user: loopback is up" 0 'LOOPBACK,UP' $as job "$(job_of '"network":"loopback",' 'busybox ip link show lo')"
    check "$user: all capabilities on request" 0 '^CapEff:.000001ffffffffff$' $as job \
        "$(job_of '"capabilities":"all","mounts":[{"type":"proc","mount_point":"/proc"}],' 'busybox grep CapEff /proc/self/status')"
    check "$user: none otherwise" 0 '^CapEff:.0000000000000000$' $as job \
        "$(job_of '"mounts":[{"type":"proc","mount_point":"/proc"}],' 'busybox grep CapEff /proc/self/status')"
    check "$user: a signal is told" 1 'killed by signal 9' $as job "$(job_of '' 'kill -9 $$')"
done
check "alice: a container in a container" 0 '^inner$' as_bare_alice maelstrom-run maelstrom-run echo inner
# User 0 without capabilities may not map user 0 again, since Linux 5.12.
check "root: a container in a container is refused with a sentence" 1 '^Error: this machine runs no containers: .* CAP_SETFCAP' \
    maelstrom-run maelstrom-run echo inner
check "root's job is nobody on this machine" 0 '^ +0 2100000001 +1$' maelstrom-run cat /proc/self/uid_map
check "root's job owns what root owns" 0 '^secret$' sh -c 'mkdir -p ~/project && cd ~/project && echo secret >file && chmod 600 file && maelstrom-run cat file'
check "root's job cannot write core_pattern" 1 '(Read-only file system|Permission denied)' maelstrom-run sh -c 'echo x >/proc/sys/kernel/core_pattern'
check "root's job cannot write sysrq-trigger" 1 '(Read-only file system|Permission denied)' maelstrom-run sh -c 'echo x >/proc/sysrq-trigger'
check "root's job cannot change a device of the host" 1 '(Read-only file system|Operation not permitted)' maelstrom-run chmod 0666 /dev/null
