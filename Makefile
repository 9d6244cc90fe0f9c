# make help lists the targets. Everything is installed into .venv.

# The supported Python versions are the classifiers in setup.cfg; the first one on the path is used.
PYTHONS := $(shell sed -n 's/.*Programming Language :: Python :: \(3\.[0-9][0-9]*\)$$/\1/p' setup.cfg | sort -rV)
PYTHON ?= $(shell for p in python3 $(addprefix python,$(PYTHONS)); do \
	v=$$($$p -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); \
	case " $(PYTHONS) " in (*" $$v "*) echo $$p; break;; esac; done)
VENV ?= .venv
BIN := $(VENV)/bin
CONSTRAINTS ?= constraints.txt
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install -c $(CONSTRAINTS)

.PHONY: help demo test suite robust lint types format notebooks notebooks-run screenshots datasets clean

help: ## list the targets (make help)
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile | awk -F': ' '{ printf "make %-13s %s\n", $$1, $$2 }'

demo: $(VENV)/.demo ## set up, grade the sample class, write the report
	rm -rf demo
	$(BIN)/dltf sample --to demo/class
	$(BIN)/dltf grade demo/class --json demo/result.json --html demo/report

test: lint types suite ## set up, lint, type-check, test, report coverage

# Each worker imports TensorFlow and starts servers of its own, about 2 GiB; WORKERS= runs in one process.
# NumPy gets one thread in each: several wait for each other in busy loops where a worker has one processor.
WORKERS ?= --numprocesses logical --maxprocesses 4 --dist worksteal
suite: $(VENV)/.test ## run the tests alone, with coverage of the pytest processes
	OPENBLAS_NUM_THREADS=1 COVERAGE_CORE=$$($(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")') \
		$(BIN)/python -m pytest $(WORKERS) --cov --cov-report=term:skip-covered

robust: $(VENV)/.test ## measure how close the stochastic tests come to their limits (ten seeds, four settings)
	$(BIN)/python tests/robust.py

lint: $(VENV)/.test ## check style, imports and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .

types: $(VENV)/.test ## check the types
	$(BIN)/mypy

format: $(VENV)/.test ## format the code and apply ruff's fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

notebooks: $(VENV)/.demo ## generate the students' notebooks from their masters
	$(BIN)/dltf notebook

notebooks-run: $(VENV)/.test ## run every notebook in a kernel, without real data; claims that do not hold are errors
	$(BIN)/python tests/notebooks.py

screenshots: $(VENV)/.test ## take the screenshots of README
	$(BIN)/python docs/screenshots.py

datasets: $(VENV)/.demo ## generate datasets/README.md from the registry
	$(BIN)/python -c 'from dltf.data import registry; print(registry.page(), end="")' > datasets/README.md

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "expected Python $(lastword $(PYTHONS)) to $(firstword $(PYTHONS)) on the path, got none" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: setup.cfg $(CONSTRAINTS) | $(VENV)/bin/python
	$(PIP) --editable '.[grader,author]'
	touch $@

$(VENV)/.test: setup.cfg $(CONSTRAINTS) | $(VENV)/bin/python
	$(PIP) --editable '.[test]'
	touch $@ $(VENV)/.demo

clean: ## remove the environment and all generated files
	rm -rf $(VENV) demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -f .coverage .coverage.*
