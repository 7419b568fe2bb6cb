# Driehoek. Every target can be run by hand as well: what it does stands on one line.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export PYTHONPATH := $(CURDIR)
PORT ?= 8000
DEMO_SCHOOL ?= linde
DEMO_ARGS ?=
TEST_ARGS ?=

.PHONY: help env demo test lint lock translate bench clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

env: ## the environment .venv, with exactly the pinned packages; instant when nothing changed
	@$(PYTHON) tools/environment.py

demo: env ## a whole sample school on http://127.0.0.1:8000 (PORT, DEMO_SCHOOL=vlier, DEMO_ARGS=--once)
	@$(BIN)/python -m scheduling.demo --school $(DEMO_SCHOOL) --port $(PORT) $(DEMO_ARGS)

test: env ## every test that this machine can run
	@$(BIN)/python tools/run_tests.py $(TEST_ARGS)

lint: env ## style, types, floors
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: env ## the figures of docs/figures.md; takes a while
	@for script in benchmarks/[a-z]*.py; do name=benchmarks.$$(basename $$script .py); echo "== $$name"; $(BIN)/python -m $$name || exit 1; done

translate: env ## collect the texts, bring the catalogues up to date, compile them
	@$(BIN)/python tools/translations.py

lock: ## pin the newest versions that fit requirements*.in (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt

clean: ## remove the environment and the demo's files
	rm -rf .venv demo-data
