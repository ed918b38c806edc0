# shellcheck shell=dash
# Sourced by the scripts of the guest: one line a check, `ok NAME` or `not ok NAME` with what was seen.

# Written to files of their own because `timeout` runs programs, not functions.
#
# as_alice COMMAND…: the ordinary user, in a fresh group of her delegated subtree, as `systemd-run --user --scope` makes it.
# as_root COMMAND…: root in such a group. Whatever groups the command leaves behind make rmdir, and with it the check, fail.
for user in alice root; do
    cat >/usr/bin/as_$user <<SCRIPT
#!/bin/sh
group=/sys/fs/cgroup/$user/session.\$\$
mkdir -p \$group && chown -R $user:$user \$group || exit 99
mkdir -p ~$user/project && chown $user:$user ~$user/project
sh -c 'echo \$\$ >'\$group'/cgroup.procs && cd ~$user/project && exec /usr/local/bin/setpriv --reuid=$user --regid=$user --clear-groups env HOME=\$(echo ~$user) "\$@"' - "\$@"
status=\$?
until [ "\$(cat \$group/cgroup.events | grep populated)" = "populated 0" ]; do sleep 0.05; done
find \$group -depth -type d | while read -r one; do
    [ \$one = \$group ] || echo "left behind: \$one"
    rmdir \$one
done
exit \$status
SCRIPT
    chmod +x /usr/bin/as_$user
done
mkdir -p /sys/fs/cgroup/root
echo "+cpu +memory +pids" >/sys/fs/cgroup/root/cgroup.subtree_control
cat >/usr/bin/as_bare_alice <<'SCRIPT'
#!/bin/sh
# as_bare_alice COMMAND…: the same user without a subtree of her own.
mkdir -p ~alice/project && chown alice:alice ~alice/project && cd ~alice/project || exit 1
exec /usr/local/bin/setpriv --reuid=alice --regid=alice --clear-groups env HOME=/home/alice "$@"
SCRIPT
cat >/usr/bin/job <<'SCRIPT'
#!/bin/sh
# job SPECIFICATION [OPTIONS…]: maelstrom-run with the specification on standard input.
specification=$1
shift
printf '%s' "$specification" | maelstrom-run "$@"
SCRIPT
chmod +x /usr/bin/as_bare_alice /usr/bin/job

now_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }

# check NAME STATUS PATTERN COMMAND…: runs the command ($seconds at most, 20 unless set); its status must be STATUS and its output,
# standard and error together, must have a line that matches the extended regular expression PATTERN.
check() {
    name=$1 expected=$2 pattern=$3
    shift 3
    started=$(now_ms)
    timeout "${seconds:-20}" "$@" >/tmp/output 2>&1 </dev/null
    status=$?
    took=$(($(now_ms) - started))
    if [ "$status" = "$expected" ] && grep -Eq -- "$pattern" /tmp/output && ! grep -q "left behind" /tmp/output; then
        echo "ok $name ($took ms)"
    else
        echo "not ok $name: status $status (expected $expected), after $took ms; expected output: $pattern"
        sed 's/^/    /' /tmp/output
    fi
}

# gap NAME …: a check that is known to fail on this kernel; it says so, and is a failure once it passes.
gap() {
    result=$(check "$@")
    case $result in
        "not ok"*) echo "ok known gap: $1" ;;
        *) echo "not ok $1: passes now, make it a check" ;;
    esac
}

# check_within MS NAME …: check, and the time it took must be at most MS.
check_within() {
    limit=$1
    shift
    check "$@"
    if [ "$took" -gt "$limit" ]; then echo "not ok $name: took $took ms, expected at most $limit"; fi
}
