# shellcheck shell=dash
# Sourced by engine_as_*.sh: the engine's own tests on this kernel. A machine for each user, for they take minutes.
. /guest/lib.sh

cat >/usr/bin/both_halves <<'SCRIPT'
#!/bin/sh
# both_halves COMMAND…: the two halves of a suite at once, since there are two processors.
export GTEST_TOTAL_SHARDS=2
GTEST_SHARD_INDEX=0 "$@" >/tmp/half 2>&1 &
GTEST_SHARD_INDEX=1 "$@" || failed=1
wait $! || failed=1
cat /tmp/half
exit ${failed:-0}
SCRIPT
chmod +x /usr/bin/both_halves

test_engine() { # USER
    export seconds=240
    export GTEST_BRIEF=1
    check "$1: the tests of src/container" 0 'PASSED' both_halves "as_$1" container_test
    # A skipped test says why; nothing that this machine offers may be missing.
    if grep SKIPPED /tmp/output; then echo "not ok $1: skipped tests"; fi
}
