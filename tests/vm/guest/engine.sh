# shellcheck shell=dash
# The engine's own tests on this kernel, as root and as an ordinary user.
. /guest/lib.sh

export seconds=280
export GTEST_BRIEF=1
for user in root alice; do
    check "$user: the tests of src/container" 0 'PASSED' as_$user container_test
    # A skipped test says why; nothing that this machine offers may be missing.
    if grep SKIPPED /tmp/output; then echo "not ok $user: skipped tests"; fi
done
