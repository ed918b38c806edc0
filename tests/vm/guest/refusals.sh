# shellcheck shell=dash
# Machines that forbid user namespaces: one sentence with the cure, soon (an emulated machine is many times slower than
# the one that has to say it within two seconds), exit status 1.
. /guest/lib.sh

one_line() { # NAME: the last check's output was one sentence, not a page
    lines=$(grep -c . /tmp/output)
    if [ "$lines" = 1 ]; then echo "ok $1"; else
        echo "not ok $1: $lines lines"
        sed 's/^/    /' /tmp/output
    fi
}

check "a job runs before anything is forbidden" 0 '^hello$' as_bare_alice maelstrom-run echo hello

sysctl -qw user.max_user_namespaces=0
check_within 5000 "no user namespaces at all" 1 'user\.max_user_namespaces' as_bare_alice maelstrom-run true
one_line "that is said in one sentence"
sysctl -qw user.max_user_namespaces=10000

sysctl -qw kernel.unprivileged_userns_clone=0
check_within 5000 "no user namespaces for ordinary users" 1 'kernel\.unprivileged_userns_clone' as_bare_alice maelstrom-run true
one_line "that is said in one sentence, too"
check "root is not affected by it" 0 '^hello$' maelstrom-run echo hello
sysctl -qw kernel.unprivileged_userns_clone=1

check "a job runs again once it is allowed" 0 '^hello$' as_bare_alice maelstrom-run echo hello
