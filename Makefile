# Vàm Cỏ. `make run` starts it, `make test` checks it; `make help` lists the rest.
PORT ?= 8000
T ?= tests
export PORT T

.DEFAULT_GOAL := help
.PHONY: help setup run test deep pictures lint lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Environment, front-end files, database with plan and demonstration world
	@.ci/setup
	@.venv/bin/flask prepare

run: setup ## Start server and worker (PORT=8000)
	@exec .ci/serve

test: ## Everything CI runs, on SQLite and PostgreSQL (T=tests/funding for a part)
	@.ci/setup
	@.ci/test

deep: ## The long runs
	@.ci/setup
	@DEEP=1 .ci/test

pictures: ## Pictures for the in-app guides, from the demonstration (needs Chromium)
	@.ci/setup
	@VAMCO_PICTURES=$${VAMCO_INSTANCE:-$(CURDIR)/instance}/help-pictures .venv/bin/python -m pytest -k pictures_of_a_guide tests/browser/test_pages.py

lint: ## Style, imports, templates
	@.venv/bin/ruff check app tests
	@.venv/bin/lint-imports

lock: ## Make constraints.txt anew from setup.cfg
	@.venv/bin/uv pip compile -q setup.cfg --all-extras --universal --generate-hashes --no-header --no-emit-index-url --no-annotate -o constraints.txt

clean: ## Remove the environment and what set-up made (not instance/)
	@rm -rf .venv node_modules app/static/vendor
