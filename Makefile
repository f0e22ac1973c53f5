# Everything a developer or user runs. `make demo` and `make test` set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_WORKERS ?= 2

.PHONY: demo test test-all check fmt docs bench clean lock oracle

demo: $(VENV)/.demo
	@$(BIN)/trialrun demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS)

test-all: $(VENV)/.engines
	HYPOTHESIS_PROFILE=nightly TRIALRUN_SLOW=1 $(BIN)/python -m pytest -n $(PYTEST_WORKERS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python docs/generate.py --check

fmt: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py

# The kept answers of the CQL engine, anew. Needs Node with npm.
oracle: $(VENV)/.dev
	PYTHONPATH=src:. $(BIN)/python -m tests.support.cql_oracle

clean:
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov

# The one explanation that people need when a Debian-like machine lacks the venv module.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Trialrun needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1). Name another with: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv. Then run make again."; exit 1; }
	@echo "Setting up Python packages in $(VENV) (once) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.demo

# PostgreSQL and Spark, beside what `make test` has. Spark also needs Java 17 or newer.
$(VENV)/.engines: requirements/engines.txt $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/engines.txt
	@touch $@

# Locks hold hashes and no addresses. Needs uv.
lock:
	for f in base demo dev engines; do uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate requirements/$$f.in -o requirements/$$f.txt; done
