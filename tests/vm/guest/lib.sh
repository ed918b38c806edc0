# shellcheck shell=dash
# Sourced by the scripts of the guest: one line a check, `ok NAME` or `not ok NAME` with what was seen.

# Written to a file of its own because `timeout` runs programs, not functions.
cat >/usr/bin/as_alice <<'SCRIPT'
#!/bin/sh
# as_alice COMMAND…: the ordinary user, inside her delegated subtree.
echo $$ >/sys/fs/cgroup/alice/session/cgroup.procs
cd /home/alice || exit 1
exec /usr/local/bin/setpriv --reuid=alice --regid=alice --clear-groups --inh-caps=-all env HOME=/home/alice "$@"
SCRIPT
cat >/usr/bin/as_bare_alice <<'SCRIPT'
#!/bin/sh
# as_bare_alice COMMAND…: the same user without a subtree of her own.
cd /home/alice || exit 1
exec /usr/local/bin/setpriv --reuid=alice --regid=alice --clear-groups --inh-caps=-all env HOME=/home/alice "$@"
SCRIPT
cat >/usr/bin/job <<'SCRIPT'
#!/bin/sh
# job SPECIFICATION [OPTIONS…]: maelstrom-run with the specification on standard input.
specification=$1
shift
printf '%s' "$specification" | maelstrom-run "$@"
SCRIPT
chmod +x /usr/bin/as_alice /usr/bin/as_bare_alice /usr/bin/job

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
    if [ "$status" = "$expected" ] && grep -Eq -- "$pattern" /tmp/output; then
        echo "ok $name ($took ms)"
    else
        echo "not ok $name: status $status (expected $expected), after $took ms; expected output: $pattern"
        sed 's/^/    /' /tmp/output
    fi
}

# check_within MS NAME …: check, and the time it took must be at most MS.
check_within() {
    limit=$1
    shift
    check "$@"
    if [ "$took" -gt "$limit" ]; then echo "not ok $name: took $took ms, expected at most $limit"; fi
}
