#!/usr/bin/env bash
# `make run` as a person has it: starts, waits, opens the page, presses Ctrl+C, and looks for what was left behind.
set -euo pipefail
cd "$(dirname "$0")/.."

data=$(mktemp -d)
port=${PORT:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
address="http://localhost:$port"
ready_within_seconds=300 # the first time includes the installation

# A group of its own, so that Ctrl+C can be sent as a terminal does: to make and to what it runs.
set -m
env --unset=MONGODB_URI --unset=REDIS_URL CHATTER_ENV_FILE=/dev/null CHATTER_DATA_DIR="$data" PORT="$port" make run > "$data/output" 2>&1 &
run=$!
set +m
trap 'kill -KILL -- -$run 2> /dev/null || true; rm -rf "$data"' EXIT

fail() {
  echo "make run: $1" >&2
  tail -n 40 "$data/output" >&2
  exit 1
}

for ((second = 0; ; second++)); do
  grep -q "Chatter is running at $address" "$data/output" && break
  kill -0 "$run" 2> /dev/null || fail "ended before it was ready"
  [ "$second" -lt "$ready_within_seconds" ] || fail "not ready within $ready_within_seconds s"
  sleep 1
done

curl --fail --silent --show-error --location --max-time 10 --output "$data/page" "$address/" || fail "no page at $address"
grep -qi '<!doctype html>' "$data/page" || fail "what $address shows is no page"
curl --fail --silent --show-error --max-time 10 --output /dev/null "$address/health/ready" || fail "not ready"

kill -INT -- "-$run"
for ((second = 0; second < 60; second++)); do
  kill -0 "$run" 2> /dev/null || break
  sleep 1
done
kill -0 "$run" 2> /dev/null && fail "still running 60 s after Ctrl+C"

# Whoever belongs to this run was told its data folder or its port.
left=$(grep -lsz -e "^CHATTER_DATA_DIR=$data$" /proc/[0-9]*/environ 2> /dev/null || true)
[ -z "$left" ] || fail "left behind: $left"
echo "make run: came up at $address, served the page, stopped and left nothing behind."
