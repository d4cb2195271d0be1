# One command per habit; `make help` lists them. CI runs `make test` and nothing else (.ci/run).
.DEFAULT_GOAL := help
SHELL := /bin/bash

JOBS ?= $(shell nproc)
# Of `make run`.
PORT ?= 8000
DATA ?= stator-data
# Of `make fuzz`: seconds for each target.
FUZZ_SECONDS ?= 20
# Of `make overload`: seconds of overload.
OVERLOAD_SECONDS ?= 60
# Of the benches: more options.
BENCH ?=
# Of `make sim`.
SIM_SECONDS ?= $(if $(filter true,$(CI)),75,20)
# Of the randomised tests: what they print when they fail; empty is a new one each time.
SEED ?=

PYTHON := build/venv/bin/python
PYTEST := $(PYTHON) -m pytest -c tests/pytest.ini -o cache_dir=$(CURDIR)/build/pytest-cache
# Test files side by side: a client that waits for its server leaves a core idle.
SIDE_BY_SIDE := -n $(JOBS) --dist loadfile
STAGE := tools/stage.sh
UNIT = ctest --test-dir build/$(1) --output-on-failure -j $(JOBS) --no-tests=error

export STATOR_TEST_SEED := $(SEED)
export ASAN_OPTIONS := detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS := print_stacktrace=1
export TSAN_OPTIONS := suppressions=$(CURDIR)/tests/tsan.supp:history_size=7:second_deadlock_stack=1

.PHONY: help run build dev test unit api golden js model sim crash overload check asan ubsan tsan fuzz bench bench-scale \
        bench-micro benches tidy format clean inactive-users outbox packages packages-test packages-clang packages-bench

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

# --- using it -------------------------------------------------------------------------------------

run: build ## install packages, build, and serve on http://127.0.0.1:8000 (PORT=, DATA=)
	build/release/stator serve --port $(PORT) --data $(DATA)

build: packages build/release/build.ninja ## build build/release/stator
	cmake --build build/release --target stator -j $(JOBS)

inactive-users: build examples/inactive-users/node_modules/.ready ## example: accounts that nobody uses are disabled
	STATOR_BINARY=build/release/stator node examples/inactive-users/run.mjs

outbox: build build/venv/.ready ## example: services follow orders, also after they were away
	STATOR_BINARY=build/release/stator $(PYTHON) examples/outbox/run.py

# --- testing it -----------------------------------------------------------------------------------

# The stages in order, each in a make of its own: a stage that fails ends the run. CI runs the API tests once, in asan,
# and only the golden files against both builds.
TEST_STAGES := dev check unit $(if $(filter true,$(CI)),golden,api) js model sim crash overload
CI_STAGES := asan tsan fuzz

# What the API tests need of npm: a server like Cognito, and one like S3.
NODE_PARTS := examples/inactive-users/node_modules/.ready tests/s3/node_modules/.ready

test: packages-test ## everything that must be green; with CI=true also asan, tsan and fuzz
	@echo "Stages: $(TEST_STAGES)$(if $(filter true,$(CI)), $(CI_STAGES))"
	@set -e; start=$$SECONDS; \
	for stage in $(TEST_STAGES) $(if $(filter true,$(CI)),$(CI_STAGES)); do \
	  $(MAKE) --no-print-directory OVERLOAD_SECONDS=8 $$stage; done; \
	printf '\nAll stages passed in %d s: %s\n' $$((SECONDS - start)) \
	  "$(TEST_STAGES)$(if $(filter true,$(CI)), $(CI_STAGES))"

dev: packages build/dev/build.ninja ## build everything in build/dev, with debug information
	@$(STAGE) "build dev" cmake --build build/dev -j $(JOBS)

check: dev build/venv/.ready ## includes, source rules, documents
	@$(STAGE) "includes point one way" tools/check_includes.py
	@$(STAGE) "source rules" tools/check_source.py
	@$(STAGE) "documents" tools/check_docs.py --stator build/dev/stator
	@set -e; for tool in $(wildcard tools/check_operations.py); do \
	  $(STAGE) "operations" $(PYTHON) $$tool; done

unit: dev ## unit tests, and the fuzz targets over their corpora
	@$(STAGE) "unit tests" $(call UNIT,dev)

# The examples, too.
api: dev build/venv/.ready $(NODE_PARTS) ## tests against a real server with boto3 and raw requests, golden files included
	@$(STAGE) "API tests" env STATOR_BINARY=build/dev/stator $(PYTEST) $(SIDE_BY_SIDE) tests/api

golden: dev build/venv/.ready ## the golden files alone
	@$(STAGE) "golden files" env STATOR_BINARY=build/dev/stator $(PYTEST) tests/api/test_golden.py

js: dev tests/js/node_modules/.ready ## tests against a real server with the AWS SDK for JavaScript
	@$(STAGE) "JavaScript tests" env STATOR_BINARY=$(CURDIR)/build/dev/stator npm --prefix tests/js --silent test

model: dev build/venv/.ready ## random operations compared with a simple model (SEED=)
	@$(STAGE) "model tests" env STATOR_BINARY=build/dev/stator $(PYTEST) tests/model

sim: dev ## the server core and its clients simulated, in one thread, under SEED=, SEED+1, ... for SIM_SECONDS=
	@$(STAGE) "simulation" build/dev/tests/sim/sim --seconds $(SIM_SECONDS) $(if $(SEED),--seed $(SEED))

crash: dev build/venv/.ready ## kill -9 under load, then look for every acknowledged write (SEED=)
	@$(STAGE) "crash tests" env STATOR_BINARY=build/dev/stator $(PYTEST) $(SIDE_BY_SIDE) tests/crash
	@$(STAGE) "power tests" env STATOR_POWER_SEEDS=100 build/dev/src/storage/storage_test --gtest_brief=1 \
	  --gtest_filter='PowerTest.*'

# A minute of it by hand; a part of that in `make test`.
overload: dev build/venv/.ready ## more load than can be served, slow clients, 10,000 connections (OVERLOAD_SECONDS=, SEED=)
	@$(STAGE) "overload tests" env STATOR_BINARY=build/dev/stator STATOR_OVERLOAD_SECONDS=$(OVERLOAD_SECONDS) \
	  $(PYTEST) tests/overload

asan: packages-test build/asan/build.ninja build/venv/.ready $(NODE_PARTS) ## unit and API tests under AddressSanitizer and UBSan
	@$(STAGE) "build asan" cmake --build build/asan -j $(JOBS)
	@$(STAGE) "unit tests, asan" $(call UNIT,asan)
	@$(STAGE) "API tests, asan" env STATOR_BINARY=build/asan/stator $(PYTEST) $(SIDE_BY_SIDE) tests/api

ubsan: asan ## the same: one build has both sanitizers

# On both engines: tests/tsan.supp says what is not seen of RocksDB. Its lines match by stack, so the history is as
# long as it can be.
tsan: packages-test build/tsan/build.ninja build/venv/.ready ## unit and concurrency tests under ThreadSanitizer
	@$(STAGE) "build tsan" cmake --build build/tsan -j $(JOBS)
	@$(STAGE) "unit tests, tsan" $(call UNIT,tsan)
	@$(STAGE) "concurrency tests, tsan" env STATOR_BINARY=build/tsan/stator $(PYTEST) tests/api -m concurrency

fuzz: packages packages-clang build/fuzz/build.ninja ## each fuzz target for FUZZ_SECONDS seconds
	@$(STAGE) "build fuzz" cmake --build build/fuzz --target fuzz -j $(JOBS)
	@$(STAGE) "fuzz" tools/fuzz.sh build/fuzz $(FUZZ_SECONDS) $(JOBS)

# --- measuring and tidying it ---------------------------------------------------------------------

# BENCH= adds options, such as BENCH="--servers stator-disk --operations get".
bench: benches packages-bench ## beside DynamoDB Local and Dynoxide: speed, CPU, memory, targets (BENCH=--quick: 2 min)
	bench/compare.py $(BENCH)

bench-scale: benches ## connections, sizes of items, indexes, mixed loads, more data than memory (BENCH=)
	bench/scale.py $(BENCH)

bench-micro: benches ## Google Benchmark over codecs, expressions, signatures, engines (BENCH=--benchmark_filter=Item)
	build/release/bench/micro $(BENCH)

benches: build
	cmake --build build/release --target benches -j $(JOBS)

tidy: packages packages-clang build/dev/build.ninja ## clang-tidy over src/
	run-clang-tidy-14 -quiet -j $(JOBS) -p build/dev '$(CURDIR)/src/.*\.cc$$'

format: packages-clang ## clang-format over the C++ files
	git ls-files -z '*.cc' '*.h' | xargs -0 clang-format-14 -i

clean: ## remove what was built (not your data)
	rm -rf build tests/*/node_modules examples/*/node_modules

# --- what the above need --------------------------------------------------------------------------

packages:
	@tools/install_packages.sh build

packages-test:
	@tools/install_packages.sh build test $(if $(filter true,$(CI)),clang)

packages-clang:
	@tools/install_packages.sh clang

packages-bench:
	@tools/install_packages.sh bench

# Ninja configures again by itself when a CMake file changed; a first time is all that make has to see to.
build/%/build.ninja: | packages
	cmake --preset $*

build/venv/.ready: tests/requirements.txt | packages-test
	python3 -m venv build/venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

%/node_modules/.ready: %/package-lock.json | packages-test
	npm --prefix $* ci --no-audit --no-fund --loglevel=error
	@touch $@
