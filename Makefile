# Everything there is to remember: make run, make test.
SHELL := /bin/sh
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
JOBS ?= 2

.PHONY: help setup run demo test soak lint bench bench-sync pictures lock migration clean

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml packaging/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh packaging/setup.sh
	@touch $(STAMP)

setup: $(STAMP)  ## the environment, once

run: $(STAMP)  ## open the window on the demo (headless where there is no display)
	@VENV="$(VENV)" sh packaging/run.sh

demo: run

test: $(STAMP)  ## all tests
	@$(BIN)/python packaging/system_libraries.py --offscreen
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

ROUNDS ?= 200
soak: $(STAMP)  ## sync against kill -9, many servers, bad lines, long stories; ROUNDS=200
	@CASEFIELD_ROUNDS=$(ROUNDS) CASEFIELD_SIM_SEEDS=$${CASEFIELD_SIM_SEEDS:-$(ROUNDS)} \
	  CASEFIELD_SIM_STEPS=$${CASEFIELD_SIM_STEPS:-3000} \
	  $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --timeout 3600 \
	  tests/batteries tests/simulation $(ARGS)

lint: $(STAMP)  ## ruff, mypy, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(STAMP)  ## figures, printed as a table and written to build/bench.jsonl
	@$(BIN)/python packaging/bench $(ARGS)

bench-sync: $(STAMP)  ## figures of sync, beside PouchDB's where node has it; adds to build/bench.jsonl
	@$(BIN)/python packaging/bench --add beside ceiling line first $(ARGS)

pictures: $(STAMP)  ## every page of the window, into build/pictures
	@$(BIN)/python packaging/pictures.py

lock: $(STAMP)  ## pin every dependency with its hash
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements.lock

migration: $(STAMP)  ## write the first migration from the models (until the first release)
	@$(BIN)/python packaging/write_migration.py

clean:  ## remove what was built
	rm -rf $(VENV) build dist
