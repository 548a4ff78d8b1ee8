# `make` lists the targets. Everything here works on a fresh Linux machine with Go, Node/npm and apt.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO ?= go
BIN := bin/holdall
OBJECT_STORE := bin/versitygw
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# One set of flags for everything but the race detector, so that nothing is compiled twice.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath
# The packages that share memory between goroutines.
RACE := . ./hook ./internal/access ./internal/auth/... ./internal/catalog ./internal/channel ./internal/files/... ./internal/mail/outbox ./internal/mesh ./internal/migrate ./internal/realtime ./internal/settings ./internal/store/... ./internal/write
LDFLAGS := -s -w -X main.version=$(VERSION)
LINT := $(GO) tool -modfile=tools/go.mod golangci-lint

# No target is a file.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' $(MAKEFILE_LIST))

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/holdall, a static binary without cgo
	$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/holdall

run: ## serve ./data on http://127.0.0.1:8090
	$(GO) run ./cmd/holdall serve

web: ## rebuild the dashboard's files in web/dist, which are part of the tree
	cd web && (test -e node_modules/.package-lock.json || npm ci --silent) && npm run --silent build

test-web: build ## the dashboard: types, lint, units, and the built binary in a browser; installs Chromium when there is none
	HOLDALL_BIN=$(CURDIR)/$(BIN) web/test.sh

bench-web: build ## the dashboard's bars beside PocketBase's, on 100,000 records: several minutes, on a quiet machine
	cd bench && CGO_ENABLED=0 $(GO) build -trimpath -o ../bin/pocketbase ./cmd/pocketbase
	BARS_SLOW=1 HOLDALL_BIN=$(CURDIR)/$(BIN) POCKETBASE_BIN=$(CURDIR)/bin/pocketbase node web/e2e/bars.mjs

web-long: build ## a dashboard's tab left open for a day, and what the realtime inspector costs a thousand clients: ten minutes, on a quiet machine
	cd web && LONG=1 HOLDALL_BIN=$(CURDIR)/$(BIN) node --test --test-concurrency=1 --test-reporter=spec e2e/day.test.mjs e2e/inspector.test.mjs

test: fmt test-go race compat test-postgres test-web test-bench ## all that a change must pass; installs what tests need
	@echo "make test: everything passed"

fmt: ## fail on files that gofmt or vet would change or doubt
	@bad=$$(gofmt -l $$(find . -name '*.go' -not -path '*/node_modules/*')); if [ -n "$$bad" ]; then echo "not gofmt-ed:"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...

test-go: postgresql ## unit tests, exams, transcripts, arrows; short crash, restart and power-cut programmes
	$(GO) test ./...

postgresql: # whose programs tests start; nothing else of it runs
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || (apt-get update -qq && apt-get install -y -qq postgresql)

race: postgresql ## what shares memory between goroutines, under the race detector; installs gcc when there is none
	@command -v gcc >/dev/null || (apt-get update -qq && apt-get install -y -qq gcc libc6-dev)
	CGO_ENABLED=1 $(GO) test -race -short $(RACE)

compat: build ## the official JavaScript SDK's scenarios against the built binary
	HOLDALL_BIN=$(CURDIR)/$(BIN) compat/run.sh

test-postgres: build postgresql ## transcripts and the SDK's scenarios once more, on a PostgreSQL of their own
	ENGINE=postgres $(GO) test ./internal/api -run 'TestWire|TestExplain|TestRepeated'
	env -u HOLDALL_DB $(GO) run ./test/withpostgres env -u HOLDALL_DB HOLDALL_BIN=$(CURDIR)/$(BIN) compat/run.sh
	env -u HOLDALL_DB $(GO) run ./test/withpostgres env -u HOLDALL_DB HOLDALL_BIN=$(CURDIR)/$(BIN) COMPAT_NODES=2 COMPAT_ONLY='realtime|channels|collections|oauth2' compat/run.sh nodes

compat-nodes: build postgresql ## the SDK's scenarios against two servers on one PostgreSQL, each request to the next of them
	env -u HOLDALL_DB $(GO) run ./test/withpostgres env -u HOLDALL_DB HOLDALL_BIN=$(CURDIR)/$(BIN) COMPAT_NODES=2 compat/run.sh nodes

crash-postgres: build postgresql ## 50 crashes and restarts of PostgreSQL under a server that writes, with the ledger client
	$(GO) run ./test/fault/cmd/restarts -bin $(BIN) -rounds 50

cut-postgres: build postgresql ## the connection to PostgreSQL cut at 1,000 places of transactions and their COMMIT; repeated requests are done once
	$(GO) run ./test/fault/cmd/cuts -bin $(BIN) -positions 1000

run-postgres: build postgresql ## like run, on a PostgreSQL that is gone afterwards
	$(GO) run ./test/withpostgres $(BIN) serve

test-bench: build ## the bench module's tests and a small differential run beside PocketBase
	cd bench && $(GO) vet ./... && HOLDALL_BIN=$(CURDIR)/$(BIN) $(GO) test ./...

object-store: build $(OBJECT_STORE) ## a real object store, built from source (minutes the first time): the bucket's exam, and the SDK's scenarios of files
	cd test/s3 && $(GO) vet ./... && OBJECT_STORE_BIN=$(CURDIR)/$(OBJECT_STORE) $(GO) test -count 1 ./...
	HOLDALL_BIN=$(CURDIR)/$(BIN) OBJECT_STORE_BIN=$(CURDIR)/$(OBJECT_STORE) compat/run.sh files

$(OBJECT_STORE): test/s3/go.mod
	cd test/s3 && $(GO) build -o $(CURDIR)/$(OBJECT_STORE) github.com/versity/versitygw/cmd/versitygw

lint: ## golangci-lint, built from source by the tools module
	$(LINT) run ./...

fuzz: ## every fuzz target for FUZZTIME (20s) each
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep ^Fuzz || true); do \
	    echo "== $$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-20s} $$pkg; done; done

crash: build ## 200 rounds of kill -9 under concurrent writes, with the ledger client
	$(GO) run ./test/fault/cmd/crash -bin $(BIN) -rounds 200

crash-files: build ## kill -9 under thousands of uploads and deletes, and under moves of files to an object store and back
	$(GO) run ./test/fault/cmd/crash -bin $(BIN) -only-files -rounds 60
	$(GO) run ./test/fault/cmd/move -bin $(BIN)

files-large: build ## 1 GiB up and down within 32 MiB of memory: to the disk, and to a real object store
	$(GO) run ./test/files/cmd/large -bin $(BIN)
	cd test/s3 && HOLDALL_BIN=$(CURDIR)/$(BIN) HOLDALL_LARGE=1024 $(GO) test -v -run TestLarge -timeout 30m ./...

files-bombs: build ## pictures and bodies that are small to send and large to read, many at once, within 300 MiB
	$(GO) run ./test/files/cmd/bombs -bin $(BIN)

files-trouble: build ## an object store that refuses, lies and stalls: clear answers, nothing half recorded, nobody else waits
	$(GO) run ./test/files/cmd/trouble -bin $(BIN)

load: build ## event streams cut, stalled and revoked under load, with kill -9 in between; LONG=1 for millions of events
	$(GO) run ./test/load/cmd/realtime -bin $(BIN) $(if $(LONG),-long)

auth-proof: ## signing in under attack: one-time secrets used 64 times at once, 200 times each; 2,000 timings of each answer
	$(GO) test ./internal/api -run 'TestOnlyOnce|TestNoTell' -v -timeout 60m -args -long

power: ## 100 power cuts per series under concurrent writes, on a simulated disk; controls first
	$(GO) run ./test/fault/cmd/power -cuts 100

wire-oracle: ## play the differential requests against PocketBase alone: they must agree with themselves
	cd bench && $(GO) run ./cmd/differential --self

differential: build ## the same requests with the same tokens to PocketBase and to Holdall on its imported directory
	cd bench && HOLDALL_BIN=$(CURDIR)/$(BIN) $(GO) run ./cmd/differential

bench: ## Go benchmarks of the hot paths
	$(GO) test -run '^$$' -bench . -benchmem ./field ./internal/rule/... ./internal/store/sqlite ./internal/read ./internal/write

bench-compare: build postgresql ## Holdall (durable), on its file and on PostgreSQL, beside PocketBase (not durable) on this machine
	$(GO) run ./test/withpostgres fsync=on full_page_writes=on -- env -u HOLDALL_DB -C bench HOLDALL_BIN=$(CURDIR)/$(BIN) $(GO) run ./cmd/compare $(COMPARE)

bench-realtime: build ## what an open stream and a delivered event cost, beside PocketBase
	cd bench && HOLDALL_BIN=$(CURDIR)/$(BIN) $(GO) run ./cmd/realtime

cities: build ## load 135,000 cities through the official SDK and query them
	HOLDALL_BIN=$(CURDIR)/$(BIN) CITIES_LIMIT=0 compat/run.sh cities

migrate-cities: build postgresql ## 135,000 cities go from SQLite to PostgreSQL and back, and come back equal, value by value
	@dir=$$(mktemp -d); trap 'rm -rf $$dir' EXIT; \
	HOLDALL_BIN=$(BIN) examples/cities/directory.sh $$dir; $(GO) run ./test/migrate -bin $(BIN) -dir $$dir

check: lint test differential ## what a release must pass besides the long programmes

clean: ## remove what was built
	rm -rf bin
