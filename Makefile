# Every day's commands in one place; `make help` lists them. The build itself is CMake's (CMakePresets.json).

SHELL  := /bin/bash
PREFIX ?= /usr/local
JOBS   ?= $(shell nproc)
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help demo test install bench soak check asan tsan lint format fuzz clean packages packages-demo

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo; echo "  PREFIX=$(PREFIX)  DESTDIR=  JOBS=$(JOBS)   for install and the builds"

demo: packages-demo build/release/build.ninja  ## installs what it needs, builds, runs a real project's tests
	cmake --build build/release -j $(JOBS) --target programs
	scripts/demo build/release/bin

test: packages  ## installs what it needs, builds, runs every test: units, scenarios, virtual machine, fuzz targets
	scripts/test -j $(JOBS)

install: build/release/build.ninja  ## optimised programs and the manual below $(DESTDIR)$(PREFIX)
	cmake --build build/release -j $(JOBS) --target programs
	DESTDIR=$(DESTDIR) cmake --install build/release --prefix $(PREFIX) --component programs

bench: build/release/build.ninja  ## measures against the budgets and prints one table (ARGS=pytest_bench for one part)
	scripts/install_packages build bench
	cmake --build build/release -j $(JOBS) --target programs benches
	scripts/bench build/release $(ARGS)

soak: build/release/build.ninja  ## 100,000 mixed jobs in one run; nothing may leak (ARGS="--jobs 5000")
	cmake --build build/release -j $(JOBS) --target programs
	bench/soak --programs build/release/bin $(ARGS)

check: build/dev/build.ninja  ## debug build, unit tests only
	cmake --build build/dev -j $(JOBS)
	ctest --test-dir build/dev -L unit --output-on-failure -j $(JOBS)

asan: build/asan/build.ninja  ## the whole suite under address and undefined-behaviour sanitizers
	cmake --build build/asan -j $(JOBS)
	ctest --test-dir build/asan --output-on-failure -j $(JOBS)

tsan: build/tsan/build.ninja  ## the whole suite under the thread sanitizer
	cmake --build build/tsan -j $(JOBS)
	ctest --test-dir build/tsan --output-on-failure -j $(JOBS)

fuzz: build/fuzz/build.ninja  ## every fuzz target for ten minutes (FUZZ_SECONDS=600)
	cmake --build build/fuzz -j $(JOBS) --target fuzzers
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} ctest --test-dir build/fuzz -L fuzz --output-on-failure -j $(JOBS)

lint:  ## clang-tidy on changed files, format, spelling, shell scripts (ARGS=--all)
	scripts/install_packages build test lint
	scripts/lint $(ARGS)

format:  ## clang-format on every source
	git ls-files '*.?pp' | xargs clang-format-19 -i

clean:  ## removes build/, keeps what the virtual machine and the demo have downloaded
	find build -mindepth 1 -maxdepth 1 ! -name vm-cache ! -name demo -exec rm -rf {} +

packages:
	scripts/install_packages build test

packages-demo:
	scripts/install_packages build

# The presets configure themselves again when a CMake list changes.
build/%/build.ninja: CMakePresets.json
	cmake --preset $*
