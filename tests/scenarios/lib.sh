# shellcheck shell=bash disable=SC2034
# Read by bash before each scenario's command (BASH_ENV): short ways to write job specifications. A copy reaches ordinary
# users through the environment, see run.py.

# The usual small container: a static busybox as /bin/sh, nothing else. The applets are called through `busybox NAME`.
layers='"layers":[{"paths":["/bin/busybox"]},{"symlinks":[{"link":"/bin/sh","target":"busybox"}]}]'
# One more layer for the containers that mount something.
mount_points='{"stubs":["/{proc,sys,tmp,mnt}/","/dev/{full,fuse,null,random,tty,urandom,zero}","/dev/{pts,shm,mqueue}/"]}'
# The same with somewhere to mount things.
layers_for_mounts="${layers%]},$mount_points]"
proc_mount='{"type":"proc","mount_point":"/proc"}'
tmp_mount='{"type":"tmp","mount_point":"/tmp"}'
# The shell wants it for 2>/dev/null and as the input of what it runs in the background.
null_device='{"type":"devices","devices":["null"]}'

# quoted TEXT: as a JSON string.
quoted() {
    local text=${1//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\n'/\\n}
    printf '"%s"' "$text"
}

# job SCRIPT [MEMBERS]: a job whose shell runs SCRIPT in the small container; MEMBERS are further JSON members, and may
# replace the layers.
job() {
    local members=${2:-}
    [[ $members == *'"layers"'* || $members == *'"parent"'* ]] || members="$layers${members:+,$members}"
    printf '{%s,"environment":{"PATH":"/bin"},"program":"sh","arguments":["-c",%s]}\n' "$members" "$(quoted "$1")"
}
# job_with_mounts SCRIPT MOUNTS [MEMBERS]: the same with these mounts (JSON, separated by commas).
job_with_mounts() {
    job "$1" "$layers_for_mounts,\"mounts\":[$2]${3:+,$3}"
}
# host_job SCRIPT [MEMBERS]: a job whose shell runs SCRIPT in the host container.
host_job() {
    printf '{"parent":"host"%s,"program":"sh","arguments":["-c",%s]}\n' "${2:+,$2}" "$(quoted "$1")"
}

# json_field NAME: of each object on standard input, the member NAME as compact JSON, in order of the job numbers.
json_field() {
    python3 -c '
import json, sys
for result in sorted(map(json.loads, sys.stdin), key=lambda result: result["job"]):
    print(result["job"], json.dumps(result.get(sys.argv[1])))' "$1"
}

# wait_until COMMAND…: until the command succeeds, for at most a minute.
wait_until() {
    local deadline=$((SECONDS + 60))
    until "$@"; do
        ((SECONDS < deadline)) || { echo "waited in vain: $*"; return 1; }
        read -r -t 0.02 <> <(:) || true
    done
}
# nobody_runs TEXT: whether no process has TEXT among its arguments.
nobody_runs() {
    local file words
    for file in /proc/[0-9]*/cmdline; do
        { mapfile -d '' -t words <"$file"; } 2>/dev/null
        [[ ${words[*]} != *"$1"* ]] || return 1
    done
}

# valid_junit FILE: says what is wrong with a JUnit report, as Jenkins would have it.
valid_junit() {
    xmllint --noout --schema "$REPORTS/junit.xsd" "$1" 2>&1 | grep -v ' validates$'
    return "${PIPESTATUS[0]}"
}
# valid_events FILE: says what is wrong with a file of events.
valid_events() {
    python3 "$REPORTS/check_events.py" "$REPORTS/events.schema.json" "$1"
}
