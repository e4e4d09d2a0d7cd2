# `make demo` shows the product, `make test` runs everything that CI runs; both do all set-up themselves.
# Each other target is one step of those two.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export XDG_CACHE_HOME ?= $(HOME)/.cache
export CARGO_TARGET_DIR ?= $(XDG_CACHE_HOME)/aloftly/target

# One selection of packages everywhere, so that features unify in one way and nothing is compiled twice.
CARGO_ALL := --workspace --locked

.PHONY: help demo test ci setup build fmt fmt-check lint web rust browser docs deny unused layers sqlx sqlx-check release measure bench-lake bench-peers crash deliveries live simulate stress test-s3 test-damage clean

help: ## Lists the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## Builds Aloftly and starts it with demo data, and with a simulated Shopify and Google to connect; SIMULATORS=off without them
	scripts/setup
	scripts/web
	cargo build $(CARGO_ALL) --bins
	SIMULATORS="$(SIMULATORS)" exec scripts/demo $(ARGS)

test: ## Runs everything that CI runs
	scripts/check

ci: test ## The same, by the name that CI calls

setup: ## Installs what building, testing and checking need
	scripts/setup --tests --checks

build: web ## Builds the server with the web app in it
	cargo build $(CARGO_ALL) --bins

fmt: ## Formats all code
	cargo fmt --all
	cd server/web && npm run --silent format

fmt-check: ## Checks that Rust code is formatted
	cargo fmt --all -- --check

lint: ## Clippy over all targets, warnings denied
	cargo clippy $(CARGO_ALL) --all-targets -- -D warnings

web: ## Checks, tests and builds the web app
	scripts/web --check

rust: ## Builds and runs the Rust tests, end-to-end ones included
	scripts/rust-tests

test-s3: ## Runs the tests that use a bucket: one of their own, or that of ALOFTLY_TEST_S3_ENDPOINT, _BUCKET, _KEY and _SECRET
	cargo build $(CARGO_ALL) --bins
	cargo test $(CARGO_ALL) --test main --test end_to_end -- buckets::

test-damage: ## Damages segments ten thousand times at random; make test does it a few hundred times
	ALOFTLY_DAMAGE_TRIALS=10000 cargo test $(CARGO_ALL) --test main -- damage::

browser: ## Runs the browser tests against a real server with demo data
	scripts/browser-tests

docs: ## Builds the API documentation, warnings denied
	RUSTDOCFLAGS="-D warnings" cargo doc $(CARGO_ALL) --no-deps --document-private-items

deny: ## Checks licences, sources, banned and duplicate dependencies, advisories
	scripts/deny

unused: ## Finds dependencies that nothing uses
	PATH="$(XDG_CACHE_HOME)/aloftly/tools/bin:$$PATH" cargo machete

layers: ## Checks that the rooms depend on each other one way only
	scripts/layers

sqlx: ## Checks the SQL against a real database and records what sqlx needs to compile without one
	scripts/sqlx-prepare

sqlx-check: ## Checks that what sqlx recorded is what the migrations and queries say
	scripts/sqlx-prepare --check

release: ## Builds the optimised binary
	scripts/setup
	scripts/web
	cargo build $(CARGO_ALL) --profile dist --bin aloftly
	@ls -lh "$$CARGO_TARGET_DIR/dist/aloftly"

crash: ## Kills servers and databases under load: make crash ROUNDS=500 SEED=7
	cargo build $(CARGO_ALL) --bins
	ROUNDS="$(ROUNDS)" SEED="$(SEED)" KEEP="$(KEEP)" cargo test $(CARGO_ALL) --test end_to_end -- --exact --nocapture \
		crash::whatever_is_killed_under_load_every_acknowledged_row_is_there_exactly_once

deliveries: ## A shop tells of thousands of things while its server is killed: make deliveries RATE=1000 SECONDS=60 SEED=7
	cargo build $(CARGO_ALL) --bins
	RATE="$(RATE)" SECONDS_OF_LOAD="$(SECONDS)" SEED="$(SEED)" KEEP="$(KEEP)" cargo test $(CARGO_ALL) --test end_to_end -- --exact --nocapture \
		deliveries::what_a_shop_tells_under_load_comes_to_what_it_is_whatever_is_killed

live: ## Many watch a store that sells by the second: make live SOCKETS=1000 RATE=100 SECONDS=30 PROFILE=release
	cargo build $(CARGO_ALL) --profile $(or $(PROFILE),dev) --bins
	ulimit -n "$$(ulimit -Hn)"; SOCKETS="$(or $(SOCKETS),1000)" RATE="$(or $(RATE),100)" SECONDS_OF_LOAD="$(or $(SECONDS),30)" \
		cargo test $(CARGO_ALL) --profile $(or $(PROFILE),dev) --test end_to_end -- --exact --nocapture \
		live_load::everybody_who_watches_a_busy_store_is_told_of_its_commits_in_time

simulate: ## Simulates the lake under every fault: make simulate SEEDS=10000 FROM=0, or SEED=17 to see what happens in one
	SEEDS="$(SEEDS)" FROM="$(FROM)" SEED="$(SEED)" cargo test $(CARGO_ALL) --test main -- --exact --nocapture --ignored \
		simulation::simulate

stress: ## Sixteen writers, folds and sweeps at once, over both manifests: make stress COMMITS=10000
	COMMITS="$(or $(COMMITS),10000)" cargo test $(CARGO_ALL) --test main -- --nocapture stress::

measure: ## Measures import speed, its peak memory and query latency on this machine
	scripts/measure

bench-lake: ## Measures the lake on this machine, about 6 minutes; ARGS=--quick for two
	scripts/bench-lake $(ARGS)

bench-peers: ## Measures the metrics service beside other engines, about an hour; ARGS=--quick for a few minutes
	scripts/bench-peers $(ARGS)

clean: ## Removes everything that was built
	cargo clean
	rm -rf server/web/dist server/web/node_modules
