#!/usr/bin/env bash
# Runs the official JavaScript client's scenarios against a built binary.
#
#   HOLDALL_BIN=../bin/holdall ./run.sh          all suites, and a small load of examples/cities
#   HOLDALL_BIN=../bin/holdall ./run.sh cities   only the cities; CITIES_LIMIT=0 loads all of them
#   OBJECT_STORE_BIN=… ./run.sh files            what has to do with files, which lie in that object store (versitygw)
#   COMPAT_DB=postgres://… COMPAT_NODES=2 ./run.sh nodes   what two servers on one database must agree on; each request goes to the next
#   COMPAT_AWAITED=1 ./run.sh                    also the scenarios that wait in awaited/
#   POCKETBASE=1 ./run.sh                        the same against PocketBase: do the suites expect the truth?
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
suite=${1:-all}

if [[ ${POCKETBASE:-} ]]; then
  SERVER_BIN=${POCKETBASE_BIN:-}
  if [[ -z $SERVER_BIN ]]; then
    built=$(mktemp -d)
    trap 'rm -rf "$built"' EXIT
    SERVER_BIN=$built/pocketbase
    (cd "$root/bench" && CGO_ENABLED=0 go build -trimpath -o "$SERVER_BIN" ./cmd/pocketbase)
  fi
else
  SERVER_BIN=${HOLDALL_BIN:-$root/bin/holdall}
fi
[[ -x $SERVER_BIN ]] || { echo "no server at $SERVER_BIN: run 'make build', or set HOLDALL_BIN" >&2; exit 1; }
SERVER_BIN=$(realpath "$SERVER_BIN")
export SERVER_BIN CITIES_LIMIT=${CITIES_LIMIT:-2000}

# install installs exactly what the lock file says, once.
install() {
  if [[ ! -e $1/node_modules/.package-lock.json || $1/package-lock.json -nt $1/node_modules/.package-lock.json ]]; then
    (cd "$1" && npm ci --silent && touch node_modules/.package-lock.json)
  fi
}

files=()
if [[ $suite == all ]]; then
  install "$here"
  files+=("$here"/test/*.test.js)
  if [[ ! ${POCKETBASE:-} ]]; then # its pages have other words
    command -v "${CHROMIUM:-chromium}" >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium)
    files+=("$here"/browser/*.test.js "$here"/beyond/*.test.js) # and it has no channels
  fi
  # Scenarios of what is not served yet: they wait for it, and are moved to test/ with it.
  if [[ ${POCKETBASE:-}${COMPAT_AWAITED:-} ]]; then
    shopt -s nullglob
    files+=("$here"/awaited/*.test.js)
  fi
fi
if [[ $suite == files ]]; then
  install "$here"
  files+=("$here"/test/{batch,files,uploads}.test.js)
  exec node --test --test-concurrency="${COMPAT_CONCURRENCY:-2}" "${files[@]}"
fi
if [[ $suite == nodes ]]; then # uploads in pieces stay with the server at which they began
  install "$here"
  mapfile -t files < <(ls "$here"/test/*.test.js "$here"/beyond/*.test.js | grep -E "/(${COMPAT_ONLY:-.*})\.test" | grep -v /uploads)
  exec node --test --test-concurrency="${COMPAT_CONCURRENCY:-2}" "${files[@]}"
fi
install "$root/examples/cities"
files+=("$root/examples/cities/cities.test.js")
node --test --test-concurrency="${COMPAT_CONCURRENCY:-2}" "${files[@]}"
