# shellcheck shell=dash
# The machine itself is what it claims to be, so that the other scripts test what they mean to test.
. /guest/lib.sh

check "the kernel is another one" 0 'cloud' uname -r
check "every controller is there" 0 'cpu.*memory.*pids' cat /sys/fs/cgroup/cgroup.controllers
check "alice is an ordinary user" 0 '^1000$' as_alice id -u
check "alice sits in her own subtree" 0 '^0::/alice/session\.[0-9]+$' as_alice cat /proc/self/cgroup
check "alice may make groups in it" 0 'made' as_alice sh -c 'mkdir /sys/fs/cgroup/alice/probe && echo made && rmdir /sys/fs/cgroup/alice/probe'
check "without the subtree she sits in the root group" 0 '^0::/$' as_bare_alice cat /proc/self/cgroup
check "the root is no initramfs" 0 'ext2/ext3' stat -f -c %T /
