# Common Ground: make without a target prints this help.
# Works on a fresh Debian with python3, git and make; what else it needs it installs, or names in one line.

PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
LOCKS := packaging/locks
TEST_PROCESSES ?= 2
FULL ?= 0
MINUTES ?= 30

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench proof soak check lock clean packages-demo packages-test
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

packages-demo:
	@packaging/debian/ensure-packages demo

packages-test:
	@packaging/debian/ensure-packages test

$(VENV)/.stamp-runtime: $(LOCKS)/requirements-runtime.txt pyproject.toml | packages-demo
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (PYTHON=... chooses one)")'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r $<
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.stamp-dev: $(LOCKS)/requirements-dev.txt $(VENV)/.stamp-runtime | packages-test
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r $<
	@touch $@

setup: packages-test $(VENV)/.stamp-dev ## everything that development needs, in .venv

demo: packages-demo $(VENV)/.stamp-runtime ## a synthetic clinic, really sent, on screen
	$(PY) main.py demo

test: setup ## all tests, with branch coverage, in a few minutes
	@rm -rf build/coverage && mkdir -p build/coverage
	$(PY) -m pytest -q -n $(TEST_PROCESSES) --dist loadgroup -m "not proof" tests \
	    --cov --cov-report= --cov-report=json

bench: setup ## the speed ratios of docs/benchmarks.md
	$(PY) -m tests.benchmarks

proof: setup ## the evidence of docs/proof.md, short; FULL=1 for the long form
	$(PY) -m pytest -q -m proof tests $(if $(filter-out 0,$(FULL)),--full)

soak: setup ## half an hour of a clinic's feed: nothing lost, memory and answers (MINUTES=30)
	$(PY) -m tests.benchmarks.soak $(MINUTES)

check: setup ## every gate: format, lint, types, contracts, Qt-free run, coverage floors
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" .ci/check

lock: ## make the hash-checked locks anew (needs uv)
	$(LOCKS)/make-locks

clean: ## remove what make made, but the virtual environment
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
