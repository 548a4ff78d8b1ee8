#!/usr/bin/env bash
# Makes a data directory with the cities in it:
#
#   HOLDALL_BIN=bin/holdall examples/cities/directory.sh DIR     CITIES_LIMIT=2000 for the most populous only
#
# Its superuser is root@cities.example with the password root-password-1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(realpath "${HOLDALL_BIN:-$here/../../bin/holdall}")
dir=${1:?which directory to make}
[[ -e $dir/data.db ]] && { echo "$dir holds a database already" >&2; exit 1; }
[[ -e $here/node_modules/.package-lock.json ]] || (cd "$here" && npm ci --silent)
"$bin" superuser upsert root@cities.example root-password-1 --dir "$dir"
said=$(mktemp)
trap 'rm -f "$said"' EXIT
"$bin" serve --dir "$dir" --http 127.0.0.1:0 >"$said" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -f "$said"' EXIT
until url=$(sed -n 's|^ *API *\(http://[^/]*\)/api/.*|\1|p' "$said") && [[ $url ]]; do
  kill -0 $server || exit 1
  sleep 0.1
done
node "$here/load.js" "$url" root@cities.example root-password-1
kill $server
wait $server
