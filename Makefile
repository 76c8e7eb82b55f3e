# Everything starts from a fresh clone: each target sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

STACK ?= prod
STACKS := $(patsubst Pulumi.%.yaml,%,$(wildcard Pulumi.*.yaml))
BIN := .venv/bin

# nft, ip and dnsmasq live where an ordinary user's PATH does not look on Debian.
export PATH := $(PATH):/usr/sbin:/sbin

.PHONY: help
help: ## List the targets
	@grep -E '^[a-z.]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/.stamp: requirements.txt requirements-dev.txt pyproject.toml .ci/set-up
	@.ci/set-up

.PHONY: preview
preview: .venv/.stamp ## Show what would change (STACK=prod)
	@$(BIN)/la1r preview --diff --stack $(STACK)

.PHONY: static
static: .venv/.stamp ## Format, lint, strict types, and la1r check of every stack
	@$(BIN)/ruff format --quiet --diff .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy .
	@for stack in $(STACKS); do $(BIN)/la1r check --stack $$stack || exit; done

.PHONY: check
check: static ## Before each commit: static, import directions, schema, golden files, fast tests
	@$(BIN)/pytest -q -m "not slow"

.PHONY: test
test: tools static ## Everything: check and the slow tests
	@$(BIN)/pytest -q

.PHONY: tools
tools: .venv/.stamp
	@tests/install-tools
	@tests/analyzer/install
	@tests/actionlint/install
	@$(BIN)/python -m lab.apiserver build

.PHONY: golden
golden: .venv/.stamp ## Rewrite the expected files of the tests and show what changed
	@$(BIN)/pytest -q --update-golden || [ $$? -eq 5 ] # 5: no test keeps an expected file
	@git --no-pager diff --stat
	@git status --short --untracked-files=all tests/cases

.PHONY: lab
lab: tools .venv/.stamp ## Show a whole network deployed and measured, in namespaces (as root)
	@$(BIN)/python -m lab show

.PHONY: bench
bench: .venv/.stamp ## Measure, and write bench/latest.json
	@$(BIN)/python bench/run.py

.PHONY: docs
docs: .venv/.stamp ## Rewrite the documentation that is generated from the models
	@$(BIN)/python -m config.reference

.PHONY: lock
lock: .venv/.stamp ## Pin the newest versions the .in files allow, with their hashes
	@for name in requirements requirements-dev tests/analyzer/requirements; do \
		CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --strip-extras \
			--allow-unsafe --generate-hashes --no-emit-index-url --no-emit-trusted-host \
			--no-emit-find-links --output-file $$name.txt $$name.in || exit; done

.PHONY: clean
clean: ## Remove what set-up, tools and previews wrote
	@rm -rf .venv out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
