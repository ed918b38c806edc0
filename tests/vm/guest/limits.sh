# shellcheck shell=dash
# What the kernel of the build machine may not be able to show: cgroup v2 limits, as root and as an ordinary user who owns a
# subtree; and that without one a limit which cannot be held is an error.
. /guest/lib.sh

layers='"layers":[{"paths":["/usr/bin/busybox"]},{"stubs":["/dev/{null,zero}","/tmp/"]},{"symlinks":[{"link":"/bin/sh","target":"/usr/bin/busybox"}]}],
 "mounts":[{"type":"devices","devices":["null","zero"]},{"type":"tmp","mount_point":"/tmp"}]'
shell_job() { # SCRIPT LIMITS: a job whose shell runs SCRIPT
    printf '{%s,"limits":{%s},"program":"/bin/sh","arguments":["-c","%s"],"timeout":20}' "$layers" "$2" "$1"
}
greedy_job() { # LIMITS: one process that takes all it can get: a stream without line ends has one last line
    printf '{%s,"limits":{%s},"program":"/usr/bin/busybox","arguments":["tail","/dev/zero"],"timeout":20}' "$layers" "$1"
}

crowd='for i in 1 2 3 4 5 6 7 8 9 10 11 12; do /usr/bin/busybox sleep 1 & done; wait'
busy='i=0; while [ $i -lt 8000 ]; do i=$((i+1)); done'

for user in root alice; do
    as=as_$user
    check "$user: memory limit is held and named" 1 'out_of_memory.*33554432' \
        $as job "$(greedy_job '"memory":"32 MiB"')" --json
    check "$user: peak memory is told" 0 '"peak_memory": ?[0-9]{5,}' \
        $as job "$(shell_job true '"memory":"32 MiB"')" --json
    check "$user: a job within its limits passes" 0 '"exited": ?0' \
        $as job "$(shell_job 'echo fine' '"memory":"64 MiB","processes":20,"cpu":2')" --json
    check "$user: process limit is held and named" 0 '"limits_reached": ?\["processes"\]' \
        sh -c "$as job '$(shell_job "$crowd" '"processes":5')' --json; true"
    check "$user: cpu limit throttles" 0 '"exited": ?0.*"cpu_throttled": ?[0-9.e-]*[1-9]' \
        $as job "$(shell_job "$busy" '"cpu":0.2')" --json
    check "$user: a plain line names the memory limit" 1 'out of memory' \
        $as job "$(greedy_job '"memory":"32 MiB"')"
    check "$user: the next job of the same slot has its memory back" 1 '"exited": ?0' \
        $as job "$(greedy_job '"memory":"32 MiB"') $(shell_job true '"memory":"32 MiB"')" --json --slots=1
done

check "without a subtree a cpu limit is refused" 1 'cannot limit cpu here' \
    as_bare_alice job "$(shell_job true '"cpu":1')"
check "with best effort the job runs" 0 'exited": ?0' \
    as_bare_alice job "$(shell_job true '"cpu":1,"best_effort":true')" --json
check "with best effort it is a warning" 0 'cannot limit cpu here' \
    as_bare_alice job "$(shell_job true '"cpu":1,"best_effort":true')"
check "no group is left behind" 0 '^none$' \
    sh -c 'for group in /sys/fs/cgroup/alice/*/ /sys/fs/cgroup/root/*/; do [ ! -d "$group" ] || echo "$group"; done; echo none'
