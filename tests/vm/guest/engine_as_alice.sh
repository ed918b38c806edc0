# shellcheck shell=dash
. /guest/engine.sh
test_engine alice
