# Synod. `make` builds, `make help` says what else there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build
.PHONY: build play test site bench bench-explore profile mutants soak clean help
.PHONY: check unit race simulation wasm-tests page-tests

tool := go tool -modfile=.ci/tools.mod
lean := -trimpath -ldflags='-s -w'
go_files = $(shell find $(1) -name node_modules -prune -o -name '*.go' -print)
go_in = $(filter-out %_test.go,$(call go_files,$(1)))
all_in = $(shell find $(1) -type f)

core := go.mod go.sum $(call go_in,core) $(shell find core -name '*.synod')
page := $(call all_in,playground/src playground/bundle $(wildcard playground/lessons)) \
	$(wildcard playground/*.html playground/*.css playground/*.svg playground/*.json)

## build: the command bin/synod with its page inside, and the edge worker
build: bin/synod wasm/edge/build/app.wasm

## play: three nodes on this machine and the page that shows them
play: build
	bin/synod play

## test: everything that CI checks; installs what is missing first
test:
	.ci/setup
	$(MAKE) build
	$(MAKE) check
	$(MAKE) unit
	$(MAKE) race
	$(MAKE) simulation
	$(MAKE) wasm-tests
	$(MAKE) page-tests

## site: the page as static files in bin/site, for any web server; links begin at PUBLIC_URL
PUBLIC_URL ?=
site: bin/synod.wasm bin/library.json playground/node_modules/.package-lock.json $(page)
	rm -rf bin/site
	go run ./playground/bundle -wasm bin/synod.wasm -library bin/library.json -out bin/site \
	  -public-url '$(PUBLIC_URL)'

## bench: the core beside etcd raft, in ratios
bench:
	go -C native/bench run ./raft

## profile: by which the compiler inlines what is called most, in the benchmarks and in synod
profile:
	go -C native/bench run -trimpath -pgo=off ./raft -rounds 40 -time 100ms -profile raft/default.pgo
	go -C native/bench run -trimpath -pgo=off ./explore -rounds 8 -profile explore/default.pgo
	cd native/bench && go tool pprof -proto raft/default.pgo explore/default.pgo >../synod/default.pgo

## bench-explore: the search of the shipping agents beside Spin, which it installs, on one graph
bench-explore:
	.ci/setup spin
	go -C native/bench run ./explore

## mutants: breaks each rule of the core in turn, and fails if the tests do not notice
mutants:
	go run ./.ci/mutants

## soak: clusters under faults, of seeds that nobody ran before, then every fuzz target, each
## for SOAK (1m); and before them the mutants, the searches that take long and 4 GB, and processes
## that are killed ten times as often as in `make test`
SOAK ?= 1m
soak: bin/synod mutants
	SYNOD_SOAK=1 go test -timeout 30m ./core/explore/...
	SYNOD_SOAK=1 go test -race -timeout 30m -run '^TestNothingAcknowledgedIsLost' ./native/synod
	bin/synod fuzz --for $(SOAK)
	for package in $$(go list ./core/... ./native/... ./wasm/...); do \
	  for target in $$(go test -list '^Fuzz' "$$package" | grep '^Fuzz' || true); do \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(SOAK) "$$package"; \
	  done; \
	done

## clean: removes what was built; what npm installed stays
clean:
	rm -rf bin wasm/edge/build
	find playground/dist -mindepth 1 ! -name unbuilt.html -delete

## help: this list
help:
	@sed -n 's/^## //p' Makefile

# The tab's program, from the same core as everything else.
bin/synod.wasm: $(core) $(call all_in,wasm/synod)
	@mkdir -p bin
	go run ./wasm/synod/pack -o $@

# The command knows the library of scenarios; the page gets it as one file.
bin/library.json: $(core) $(call go_in,native/synod)
	@mkdir -p bin
	go run ./native/synod library --json > $@

# The page in playground/dist: many files, so this stamp stands for them.
bin/page: bin/synod.wasm bin/library.json playground/node_modules/.package-lock.json $(page)
	go run ./playground/bundle -wasm bin/synod.wasm -library bin/library.json -out playground/dist
	@touch $@

bin/synod: $(core) $(call go_in,native) native/synod/default.pgo bin/page
	go build $(lean) -o $@ ./native/synod

wasm/edge/build/app.wasm: $(core) $(call go_in,wasm/edge)
	$(tool) workers-assets-gen -mode=go -o wasm/edge/build
	GOOS=js GOARCH=wasm go build $(lean) -o $@ ./wasm/edge

%/node_modules/.package-lock.json: %/package-lock.json
	.ci/setup npm $*

# What `make test` runs, part by part.
check:
	@unformatted=$$(gofmt -l $(call go_files,core native wasm playground)); \
	  [ -z "$$unformatted" ] || { echo "gofmt these: $$unformatted"; exit 1; }
	go vet ./...
	GOOS=js GOARCH=wasm go vet ./wasm/edge
	GOOS=wasip1 GOARCH=wasm go vet ./wasm/synod
	go -C native/bench vet ./...
	go vet ./.ci/mutants
	go run ./.ci/mutants -check
	$(tool) staticcheck ./...
	go -C native/bench tool -modfile=../../.ci/tools.mod staticcheck ./...
	npm --prefix playground run check

unit:
	go test -timeout 10m ./core/...
	go -C native/bench test -timeout 10m ./...

# Goroutines live in native alone.
race:
	go test -race -timeout 10m ./native/...

# Clusters under faults in virtual time, always of the same seeds. A slow machine runs fewer.
simulation: bin/synod
	go test -timeout 10m ./native/fuzz
	bin/synod fuzz --seeds 1000 --for 45s

# The core's own tests once more, compiled as for the tab; then the edge in workerd.
wasm-tests:
	wazero=$$($(tool) -n wazero); \
	  PATH="$${wazero%/*}:$$PATH" GOWASIRUNTIME=wazero GOOS=wasip1 GOARCH=wasm \
	  go test -short -timeout 10m -exec "$$(go env GOROOT)/lib/wasm/go_wasip1_wasm_exec" \
	  ./core/paxos ./core/sim
	go test -timeout 10m ./wasm/...

page-tests: build
	npm --prefix playground test
	go test -timeout 10m ./playground/...
