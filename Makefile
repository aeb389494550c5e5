# firstvisit: the commands that people use. Needs make and CPython 3.11, 3.12 or 3.13 on Linux.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
PYTEST := $(VENV)/bin/python -m pytest
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test browser check storm bench lock clean help

help:
	@echo "make run     the sample practice on http://127.0.0.1:8000"
	@echo "make test    the tests, on a real PostgreSQL and in Chromium (installed if root may)"
	@echo "make check   what CI runs: style, types, contracts, a seeded share of the storm"
	@echo "make storm   the long fault and load tests, whole"
	@echo "make bench   every measurement, one JSON line each"
	@echo "make lock    resolve requirements/*.in anew"

run: $(RUN)
	@exec $(VENV)/bin/firstvisit demo

test: $(DEV) browser
	$(PYTEST) -n $(if $(DATABASE_URL),0,2) --dist loadfile -m "not storm"
	@command -v chromium >/dev/null || echo "No Chromium on this machine: the browser tests were skipped."

# Chromium for the browser tests, installed where it may be. With FIRSTVISIT_REQUIRE_BROWSER=1 (CI) none is a fault.
browser:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests (apt-get)."; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium; } >/dev/null || \
	    echo "Chromium could not be installed."; \
	fi
	@command -v chromium >/dev/null || [ "$$FIRSTVISIT_REQUIRE_BROWSER" != 1 ] || \
	  { echo "FIRSTVISIT_REQUIRE_BROWSER=1, and there is no Chromium on this machine."; exit 1; }

check: $(DEV)
	$(VENV)/bin/ruff check src tests bench
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PYTEST) -m storm

storm: $(DEV)
	FIRSTVISIT_STORM=1 $(PYTEST) -m storm

bench: $(DEV)
	@for bench in bench/*.py; do $(VENV)/bin/python $$bench || exit 1; done

lock: $(DEV)
	cd requirements && for set in run dev; do \
	  ../$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header $$set.in -o $$set.txt || exit 1; done

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "firstvisit needs CPython 3.11, 3.12 or 3.13."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "firstvisit needs CPython 3.11, 3.12 or 3.13; $(PYTHON) is another."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN): requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/pip install -q --require-hashes -r requirements/run.txt
	$(VENV)/bin/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	$(VENV)/bin/pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
