# Short names for what is done often. `make` alone lists them, from the comments behind the targets.
.DEFAULT_GOAL := help
BIN := .venv/bin
UV_COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
# What npm writes down about donations names hosts.
NPM_LOCK := const fs = require("fs"), lock = JSON.parse(fs.readFileSync("package-lock.json")); \
	for (const each of Object.values(lock.packages)) delete each.funding; \
	fs.writeFileSync("package-lock.json", JSON.stringify(lock, null, 2) + "\n")

.PHONY: help up test test-all check format types imports bench docs migration locks clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## start everything on this machine, with demo data
	@./portico up

test: ## the fast tier
	@./portico test

test-all: ## every test; needs Chromium, Node, PostgreSQL and Redis
	@./portico test --all

check: ## ruff, mypy and import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: ## put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: ## mypy alone
	$(BIN)/mypy

imports: ## import-linter alone
	$(BIN)/lint-imports

bench: ## the measured claims of the README
	@./portico bench

docs: ## the documentation as a site, in var/site
	@./portico docs

migration: ## a new migration: make migration m="tickets add due date"
	$(BIN)/python -m portico.kernel.migrations $(m)
	$(BIN)/ruff check -q --fix migrations && $(BIN)/ruff format -q migrations

locks: ## resolve requirements/*.in again into the hashed locks
	$(UV_COMPILE) $(UPGRADE) -o requirements/runtime.lock requirements/runtime.in
	$(UV_COMPILE) $(UPGRADE) -o requirements/develop.lock requirements/develop.in
	$(UV_COMPILE) $(UPGRADE) -o tests/clients/requirements.lock tests/clients/requirements.in
	cd tests/clients && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	cd tests/clients && node -e '$(NPM_LOCK)'

clean: ## remove what a start made: .venv, var, caches
	rm -rf .venv .venv.lock var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
