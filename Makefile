# make demo   set up, grade the sample class, write the report
# make test   set up, lint, type-check, test
# Needs Python 3.10 to 3.13 and make; everything else goes into .venv.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10; do \
	$$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install -c constraints.txt

.PHONY: demo test robust lint types notebooks pictures datasets clean

demo: $(VENV)/.demo
	rm -rf demo
	$(BIN)/dltf sample --to demo/class
	$(BIN)/dltf grade demo/class --json demo/result.json --html demo/report

test: lint types
	$(BIN)/python -m pytest

# Not in CI: how close the stochastic tests come to their limits, over ten seeds and four settings.
robust: $(VENV)/.test
	$(BIN)/python tests/robust.py

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .

types: $(VENV)/.test
	$(BIN)/mypy

notebooks: $(VENV)/.demo
	$(BIN)/dltf notebook

pictures: $(VENV)/.test
	$(BIN)/python docs/pictures.py

datasets: $(VENV)/.demo
	$(BIN)/python -c 'from dltf.data import registry; print(registry.page(), end="")' > datasets/README.md

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "expected Python 3.10 to 3.13 on the path, got none" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: setup.cfg constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	touch $@

$(VENV)/.test: setup.cfg constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[test]'
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
