# The consultation portal. `make demo` and `make test` are all that a fresh machine needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PORT ?= 8000
INSTANCE ?= var
# Tests wait for servers and browsers: half a worker more than there are cores.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(3 * (os.cpu_count() or 2) // 2)')
# What Python compiles is kept, whatever the machine says: a run of the tests starts hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

help: ## every target with a line
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

$(VENV)/runtime: requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the portal needs (about a minute)…"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(VENV)/bin/python -m compileall -q portal
	@touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/runtime
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

setup: $(VENV)/runtime ## only the environment: .venv with `portal` in it

demo: $(VENV)/runtime ## the demonstration on http://127.0.0.1:8000 (PORT=…, INSTANCE=…)
	@$(VENV)/bin/portal demo --port $(PORT) --instance $(INSTANCE)

test: $(VENV)/dev ## every test, the browser ones too
	@CHROMIUM=$$($(VENV)/bin/python -m tests.support.browser) && \
	PORTAL_CHROMIUM="$$CHROMIUM" $(VENV)/bin/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/dev ## ruff, mypy, import-linter, templates, translations, migrations match models
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m portal.kernel.catalogues
	$(VENV)/bin/python -m pytest -q -p no:randomly tests/house

bench: $(VENV)/dev ## the benchmarks of docs/benchmarks.md
	@$(VENV)/bin/python -m bench

.PHONY: help setup demo test check bench
