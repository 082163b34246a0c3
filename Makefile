# summitwire: `make run` and `make test` do everything on a fresh machine with Python 3.11 or newer.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
ON_ALL_CORES := $(BIN)/python -m pytest --quiet -n logical --maxprocesses 8 --dist worksteal
# Python keeps what it compiled, above all the tests as pytest rewrites them: collecting takes half as long.
unexport PYTHONDONTWRITEBYTECODE
# These tests wait more than they compute: one worker more than there are cores. Each worker has its own Kafka.
CORES_AND_ONE = $$($(BIN)/python -c 'import os; print(min(os.cpu_count() + 1, 6))')
WITH_BROKERS = $(BIN)/python -m pytest --quiet -n $(CORES_AND_ONE) --dist loadgroup

.PHONY: help setup run test lint style check fmt bench train-cleaner faults compose-test broker clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

setup: $(READY) ## create the virtual environment from the lock files

$(READY): deploy/locks/bootstrap.txt deploy/locks/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "summitwire needs Python 3.11 or newer; set PYTHON=python3.11" >&2; exit 78; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "python3 -m venv failed: on Debian, apt install python3-venv" >&2; exit 78; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/locks/bootstrap.txt
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r deploy/locks/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@echo "compiling the machine code of matcher and cleaner; once, about half a minute" >&2
	@$(BIN)/python -m compileall -q -j 0 services shared tests
	@$(BIN)/python -m services.cleaner.warmup & $(BIN)/python -m services.alerting.matcher.warmup >/dev/null; wait $$!
	@touch $@

run: setup ## start everything, replay the seeds, show the alerts; Ctrl-C stops everything
	@exec $(BIN)/summitwire up --replay

test: export HYPOTHESIS_PROFILE ?= ci
test: setup ## run all tests: unit, contract, scaling; then those with a broker or browser: faults (short), end to end, integration
	@failed=0; $(ON_ALL_CORES) tests/unit tests/contract tests/scaling || failed=1; \
	$(WITH_BROKERS) tests/faults tests/e2e tests/integration || failed=1; exit $$failed

lint: style ## style, dead code and types
	@$(BIN)/mypy

style: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/vulture

check: style ## lint, check types, run unit and contract tests on all cores
	@types=$$(mktemp); $(BIN)/mypy >$$types 2>&1 & mypy=$$!; trap "kill $$mypy 2>/dev/null; rm -f $$types" EXIT; \
	failed=0; $(ON_ALL_CORES) tests/unit tests/contract || failed=1; wait $$mypy || failed=1; cat $$types; exit $$failed

fmt: setup ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: setup ## run every bench; each prints its table
	@for bench in bench/*.py; do echo "== $$bench"; $(BIN)/python -m bench.$$(basename $$bench .py) || exit 1; done

train-cleaner: setup ## train the cleaner's models of blocks and of lines on DATA=path (training/cleaner/examples.py describes the data)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r deploy/locks/training.txt
	@$(BIN)/python -m training.cleaner $(or $(DATA),$(error DATA is missing: make train-cleaner DATA=path))
	@$(BIN)/python -m training.lines $(DATA)

faults: setup ## run the long fault tests on a real Kafka (about an hour and a half)
	@FAULTS=long $(BIN)/python -m pytest tests/faults

compose-test: setup ## test the containers on a real Docker engine: up, kills, down, up (about 8 minutes; not part of make test)
	@$(BIN)/python -m tests.compose

broker: setup ## start the local Kafka and leave it running (stop it with summitwire broker stop)
	@$(BIN)/summitwire broker start

clean: setup ## stop the local Kafka and remove var/ and all caches
	@$(BIN)/summitwire broker stop || true
	@rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis
