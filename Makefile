# Two commands do everything: `make up` serves the example blog, `make test` proves that it works.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BLOG := examples/blog
# Virtual environments for tests, engine images and the like live outside the tree and outlast it.
export SEAWALL_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/seawall-tests

.PHONY: help up test check soak golden gen bench clean

help:
	@echo "make up       serve $(BLOG) at http://127.0.0.1:8080"
	@echo "make test     lint, types, architecture and every test"
	@echo "make check    lint and types alone"
	@echo "make golden   write the golden files anew, for review"
	@echo "make gen      write the generated reference anew"
	@echo "make bench    slow clients and start-up time, measured here"

up: $(VENV)/installed $(BLOG)/.venv/installed
	$(BIN)/seawall up $(BLOG)

test: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not serial and not soak"
	$(BIN)/python -m pytest -m "serial and not soak"

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(VENV)/dev
	$(BIN)/python -m pytest -m soak --timeout 7200

golden: $(VENV)/dev
	SEAWALL_GOLDEN=1 $(BIN)/python -m pytest -q -k golden

gen: $(VENV)/dev
	$(BIN)/python -m seawall.cli.reference docs/reference

bench: $(VENV)/dev
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) $(BLOG)/.venv .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/dev: pyproject.toml requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --requirement requirements-dev.txt
	touch $@ $(VENV)/installed

$(BLOG)/.venv/installed: $(BLOG)/requirements.txt
	$(PYTHON) -m venv $(BLOG)/.venv
	$(BLOG)/.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement $(BLOG)/requirements.txt
	touch $@
