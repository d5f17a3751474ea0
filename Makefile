# Everything that a newcomer or CI starts. Needs python3 (3.11 or later), make and a package index; nothing else.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
PYTEST := $(PYTHON) -m pytest
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
INSTALLED_BENCH := $(VENV)/.installed-bench
PACKAGES := aios_assets audit dashboards lineage policies serving
JOBS ?= auto --maxprocesses=4
SKUS ?= 20000
SEED ?= 7
EXAMPLE := build/example-$(SKUS)-$(SEED)
ROUNDS ?= 5
# Compiled modules are kept whatever the shell says: else each of the many processes here compiles Dagster and polars anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: run
run: $(INSTALLED) $(EXAMPLE)/.made ## Set up from nothing, then take an example delivery of two suppliers through the gate
	@$(BIN)/aios run $(EXAMPLE)/feeds/*

.PHONY: test
test: $(INSTALLED_DEV) ## Set up, then all tests; of the fault sweeps a sample
	@$(PYTEST) -n $(JOBS) -rs

.PHONY: check
check: lint ## Lint, types and the quick tests: few examples of each property, files in memory, no fsync waited for
	@shm=/dev/shm; [ "$$(df --output=avail $$shm 2>/dev/null | tail -n 1)" -gt 2000000 ] || shm=$${TMPDIR:-/tmp}; \
	  TMPDIR=$$(mktemp -d -p $$shm) && export TMPDIR && trap 'rm -rf "$$TMPDIR"' EXIT && \
	  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 POLARS_MAX_THREADS=1 \
	  $(PYTEST) -n $(JOBS) -m "not slow" --hypothesis-profile=quick

.PHONY: lint
lint: $(INSTALLED_DEV) ## Style, formatting, types, and who may import whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

.PHONY: faults
faults: $(INSTALLED_DEV) ## The whole fault sweeps, each fsync left out once, and writers that are killed: tables
	@$(PYTHON) tests/aios_assets/sweeps.py
	@$(PYTHON) tests/aios_assets/sweeps.py --without-each --every 10
	@$(PYTHON) tests/aios_assets/faults_writers.py

.PHONY: fuzz
fuzz: $(INSTALLED_DEV) ## Property tests with many more examples, ROUNDS times with fresh seeds; mutated files
	@for round in $$(seq $(ROUNDS)); do $(PYTEST) -n $(JOBS) -m hypothesis --hypothesis-profile=fuzz || exit 1; done
	@for program in benchmarks/fuzz_*.py; do $(PYTHON) -m benchmarks.$$(basename $$program .py) || exit 1; done

.PHONY: bench
bench: $(INSTALLED_BENCH) ## Every benchmark beside its baseline: JSON lines, then a table
	@$(PYTHON) -m benchmarks

.PHONY: dev
dev: $(INSTALLED) ## Dagster's pages and the dashboards; prints both addresses
	@$(BIN)/aios dev

.PHONY: bundle
bundle: $(INSTALLED_DEV) ## Build the policy bundle from policies/rego (needs the opa program)
	@$(PYTHON) -m policies.build

.PHONY: wheel
wheel: $(INSTALLED_DEV) ## Build the wheel into dist/
	@rm -rf dist
	@$(PYTHON) -m build --wheel --outdir dist

.PHONY: constraints
constraints: ## Write deploy/constraints.txt anew from the newest versions that pyproject.toml allows
	@rm -rf build/constraints && python3 -m venv build/constraints && : >deploy/constraints.txt
	@deploy/install build/constraints/bin/python -e '.[dev,bench]' uv
	@{ echo '# The versions that were tested together. Written by `make constraints`; names and versions only.'; \
	   build/constraints/bin/uv pip freeze --quiet --exclude-editable --python build/constraints/bin/python; } >deploy/constraints.txt

.PHONY: clean
clean: ## Take away what was built and the example; the lake, its keys and .venv stay
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	@find $(PACKAGES) tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON):
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 is older than 3.11"; exit 1; }
	@python3 -m venv $(VENV) || uv venv --clear --seed $(VENV)

$(INSTALLED): $(PYTHON) pyproject.toml deploy/constraints.txt
	@echo "Installing into $(VENV): a minute or two the first time" >&2
	@deploy/install $(PYTHON) -e .
	@touch $@

$(INSTALLED_DEV): $(PYTHON) pyproject.toml deploy/constraints.txt
	@echo "Installing into $(VENV), test tools included: a minute or two the first time" >&2
	@deploy/install $(PYTHON) -e '.[dev]'
	@touch $@ $(INSTALLED)

$(INSTALLED_BENCH): $(INSTALLED_DEV)
	@deploy/install $(PYTHON) -e '.[dev,bench]'
	@touch $@

$(EXAMPLE)/.made: | $(INSTALLED)
	@$(BIN)/aios example $(EXAMPLE) --skus $(SKUS) --seed $(SEED)
	@touch $@
