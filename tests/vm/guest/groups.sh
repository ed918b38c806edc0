# shellcheck shell=dash
# Control groups belong to the user whose jobs are limited by them: jobs try to reach them, to raise their limits, to leave some
# behind. With the option `nsdelegate` of the mount, as service managers have it, and without.
. /guest/lib.sh

# Each way of a job to the groups' file system; a job that finds one does what it can there.
attack='mkdir /tmp/g; me=/usr/local/bin/unshare
harm=\"mount -t cgroup2 none /tmp/g || exit 1; cd /tmp/g; echo reached \\$(ls); mkdir left; echo 0 >left/cgroup.procs; echo max >memory.max && echo raised; exit 0\"
sh -c \"$harm\"; $me -C sh -c \"$harm\"; $me -Urm sh -c \"$harm\"; $me -UrmC sh -c \"$harm\"; $me -UrmC --fork --pid sh -c \"$harm\"; echo tried'
host_job() { # SCRIPT MEMBERS
    printf '{"parent":"host",%s"program":"/usr/bin/sh","arguments":["-c","%s"],"timeout":20}' "$2" "$(echo "$1" | tr '\n' ';')"
}
limits='"limits":{"memory":"64 MiB","processes":40},'

for mounted in nsdelegate plain; do
    if [ $mounted = plain ]; then
        mount -o remount cgroup /sys/fs/cgroup
        check "the groups are mounted without nsdelegate" 1 'cgroup2' sh -c 'grep cgroup2 /proc/mounts; grep -q nsdelegate /proc/mounts'
    fi
    for user in root alice; do
        for what in '' "$limits" '"capabilities":"all",' "$limits"'"capabilities":"all",'; do
            check "$mounted, $user: groups are out of reach of a job (${what:-as usual})" 0 '^tried$' as_$user job "$(host_job "$attack" "$what")"
            if grep -E 'reached|raised' /tmp/output; then echo "not ok $mounted, $user: a job got at the groups ($what)"; fi
        done
        # Not the reason why the attempts fail.
        check "$mounted, $user: a job may still have every other namespace" 0 '^fine$' as_$user job \
            "$(host_job '/usr/local/bin/unshare -Umuinp --fork /usr/bin/echo fine' '')"
    done
done
check "a container in a container still works" 0 '^inner$' as_alice maelstrom-run maelstrom-run echo inner

# The caller's own group is as it was: everybody is back in it, nothing is handed on, nothing is left.
state='group=/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup); echo "$group: $(cat $group/cgroup.subtree_control)."; find $group -mindepth 1 -type d'
back='^/sys/fs/cgroup/[a-z]+/session\.[0-9]+: \.$'
long="$(host_job '/usr/bin/sleep 2' "$limits")"
killed="$(host_job '/usr/bin/sleep 15' "$limits")"
short="$(host_job '/usr/bin/true' "$limits")"
for user in root alice; do
    check "$user: after a run" 0 "$back" as_$user sh -c "job '$short'; $state"
    check "$user: after two at the same time, the shorter first" 0 "$back" as_$user sh -c "job '$long' & /usr/bin/sleep 0.5; job '$short'; wait; $state"
    # What a killed one leaves goes with the next.
    check "$user: after one that was killed, and another" 0 "$back" as_$user sh -c \
        "job '$killed' & until ls -d /sys/fs/cgroup/$user/session.*/slot-*; do /usr/bin/sleep 0.1; done; killall -9 maelstrom-run; wait; job '$short'; $state"
done
