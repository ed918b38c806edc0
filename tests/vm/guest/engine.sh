# shellcheck shell=dash
# The engine's own tests on this kernel, as root and as an ordinary user.
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

export seconds=120
export GTEST_BRIEF=1
for user in root alice; do
    check "$user: the tests of src/container" 0 'PASSED' both_halves as_$user container_test
    # A skipped test says why; nothing that this machine offers may be missing.
    if grep SKIPPED /tmp/output; then echo "not ok $user: skipped tests"; fi
done
