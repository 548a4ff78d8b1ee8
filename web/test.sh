#!/usr/bin/env bash
# Tests the dashboard: types, lint, units, and the built binary in a browser. HOLDALL_BIN names the binary.
set -euo pipefail
cd "$(dirname "$0")"
command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium)
if [[ ! -e node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
  npm ci --silent && touch node_modules/.package-lock.json
fi
npx tsc --noEmit
npm run --silent lint
node e2e/unproved.mjs
stale=$(mktemp -d)
trap 'rm -rf "$stale"' EXIT
npx vite build --logLevel error --outDir "$stale" && node scripts/pack.mjs "$stale" >/dev/null
diff -rq dist "$stale" || { echo "web/dist is not what the sources give: run 'make web'" >&2; exit 1; }
NO_COLOR=1 npx vitest run
# Files that measure have the machine for themselves; the others go two at a time.
mapfile -t timed < <(grep -lE 'quickest|frames\(|performance\.now|LONG' e2e/*.test.mjs)
mapfile -t others < <(printf '%s\n' e2e/*.test.mjs | grep -vxFf <(printf '%s\n' "${timed[@]}"))
node --test --test-concurrency=1 --test-reporter=spec "${timed[@]}"
node --test --test-concurrency=2 --test-reporter=spec "${others[@]}"
