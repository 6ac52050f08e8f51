# halxml: build, run and check. `make` alone lists the targets.
# run and test need only Go; what else a test uses is skipped when it is missing.

GO       ?= go
LISTEN   ?= 127.0.0.1:8080
DATA     ?= ./data
FUZZTIME ?= 10s
# What make bench runs: COUNT=10 and benchstat tell whether a change made a difference.
BENCH     ?= .
BENCHTIME ?= 200ms
COUNT     ?= 1
# SIZES are the numbers of scopes of make bench-scale.
SIZES    ?= 1000,100000,1000000
# TESTFLAGS is passed to go test, e.g. TESTFLAGS='-run Failover -v'.
TESTFLAGS ?=
# What one package may take: real servers and clients take their time where others use the machine.
TIMEOUT   ?= 30m

# The DHCP servers are where only root usually looks.
export PATH := $(PATH):/usr/sbin:/sbin

GENERATED = wsdl internal/interop
BENCHED   = ./wsdl/hal ./internal/filter ./store ./store/bolt ./internal/command
PROGRAMS  = curl dhcpd g++ kea-ctrl-agent kea-dhcp4 kea-dhcp6 mcs mono node perl php soapcpp2 wsdl wsdl2h

.DEFAULT_GOAL := help
.PHONY: help build profile run test test-race interop generate check-generate lint bench bench-all bench-load bench-scale fuzz cover clean need-go

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-15s %s\n", $$1, $$2}'

build: need-go ## Build bin/halxml, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/halxml ./cmd/halxml

run: build ## Build and serve on LISTEN (127.0.0.1:8080) with the data in DATA (./data)
	bin/halxml serve --listen $(LISTEN) --data $(DATA)

test: need-go ## Run all tests; those of a program that is not installed are skipped
	@missing=$$(for p in $(PROGRAMS); do command -v $$p >/dev/null || printf ' %s' $$p; done); \
	 [ -z "$$missing" ] || echo "make test: not installed, so what needs it is skipped:$$missing (.ci/run installs all on Debian 12)"
	$(GO) test -timeout $(TIMEOUT) $(TESTFLAGS) ./...

test-race: need-go ## Run all tests under the race detector (needs a C compiler)
	@command -v $${CC:-cc} >/dev/null || { echo "make test-race: no C compiler ($${CC:-cc}), which the race detector needs"; exit 1; }
	CGO_ENABLED=1 $(GO) test -timeout $(TIMEOUT) -race $(TESTFLAGS) ./...

interop: need-go ## Run the real SOAP and JSON-RPC clients that are installed against the binary
	$(GO) test -timeout $(TIMEOUT) -v $(TESTFLAGS) ./internal/interop

generate: need-go ## Regenerate all that is made from the WSDL
	$(GO) generate $(GENERATED:%=./%/...)

check-generate: need-go ## Regenerate and fail when a generated file differs
	@before=$$(find $(GENERATED) -name '*.go' -exec cksum {} + | sort); \
	 $(GO) generate $(GENERATED:%=./%/...) || exit 1; \
	 after=$$(find $(GENERATED) -name '*.go' -exec cksum {} + | sort); \
	 [ "$$before" = "$$after" ] || { echo "make check-generate: generated files are out of date; run 'make generate' and commit:"; \
	   printf '%s\n%s\n' "$$before" "$$after" | sort | uniq -u | awk '{print "  " $$3}' | sort -u; exit 1; }

lint: need-go ## Check formatting, go vet and staticcheck
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "make lint: run gofmt -w on:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

bench: need-go ## Run the benchmarks of codecs, filters, store and commands, COUNT times each, for benchstat
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) -count $(COUNT) $(BENCHED)

bench-all: need-go ## Run every benchmark once
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-scale: need-go ## Measure the service with as many scopes as SIZES says (minutes, 2 GB of temporary files)
	$(GO) run ./internal/measure scale -sizes $(SIZES)

bench-load: need-go ## Measure the service under load over HTTP: formats, access log, writers
	$(GO) run ./internal/measure load

profile: need-go ## Profile the service under each kind of load into bin/profile
	$(GO) run ./internal/measure profile -out bin/profile

fuzz: need-go ## Run each fuzz target for FUZZTIME (10s)
	@set -e; for file in $$(grep -rl --include='*_test.go' '^func Fuzz' .); do \
	   for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$file); do \
	     echo "fuzz: $$target in $$(dirname $$file)"; \
	     $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$(dirname $$file); done; done

cover: need-go ## Report test coverage, per function in bin/coverage.out
	@mkdir -p bin
	$(GO) test -coverpkg=./... -coverprofile=bin/coverage.out ./...
	@$(GO) tool cover -func=bin/coverage.out | tail -n 1

clean: ## Remove what make builds; data stay
	rm -rf bin .tools internal/interop/testdata/node/node_modules

need-go:
	@command -v $(GO) >/dev/null || { echo "make: Go 1.26 or newer is needed, and there is no '$(GO)' on PATH"; exit 1; }
