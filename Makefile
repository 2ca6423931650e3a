# The commands that people and CI use. bootstrap.py does the set-up and is quick when there is nothing to do.

.DEFAULT_GOAL := help

PYTHON ?= python3
WITHOUT ?=
BIND ?= 127.0.0.1:8000
BOOTSTRAP = $(PYTHON) bootstrap.py --without "$(WITHOUT)"
VENV_BIN = .venv/bin
FLASK = $(VENV_BIN)/flask --app wsgi
PYTEST = $(VENV_BIN)/python -m pytest --numprocesses auto --maxprocesses 4

.PHONY: help run run-web demo test test-all setup test-setup checks audit data-model lock clean

help:  ## list these commands
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run:  ## set everything up, start the web server and the workers
	@$(BOOTSTRAP) worker
	@$(FLASK) db upgrade
	@$(FLASK) core encrypt-storage
	@$(FLASK) review load-example
	@$(FLASK) transcripts models download --background
	@$(FLASK) accounts sign-in-links
	@$(FLASK) core run

run-web:  ## the web server only, without workers and without torch
	@$(BOOTSTRAP)
	@$(FLASK) db upgrade
	@$(VENV_BIN)/gunicorn --worker-class gthread --threads 16 --no-control-socket --bind $(BIND) "wsgi:create_app()"

demo:  ## the main task from outside, over HTTP and SMTP, on a temporary database
	@$(BOOTSTRAP) worker dev
	@$(VENV_BIN)/python -m demo

test: test-setup checks  ## everything that CI runs
	$(PYTEST) -m "not slow"

test-all: test-setup checks audit
	$(PYTEST) --hypothesis-profile=thorough

checks:  ## formatting, types, imports, templates, scripts
	$(VENV_BIN)/ruff check .
	$(VENV_BIN)/ruff format --check .
	$(VENV_BIN)/mypy
	$(VENV_BIN)/lint-imports
	$(VENV_BIN)/djlint templates --check
	$(VENV_BIN)/djlint templates --lint --quiet
	$(PYTHON) bootstrap.py dev --npm run --silent check

audit:  ## known vulnerabilities in our dependencies
	$(VENV_BIN)/pip-audit --disable-pip --no-deps $(foreach file,$(wildcard requirements/*.txt),-r $(file))

setup:  ## only the set-up; WITHOUT=worker leaves out torch, Whisper and the embedding model
	@$(BOOTSTRAP) worker

test-setup:  ## the set-up with checks, tests and a browser
	@$(BOOTSTRAP) worker dev --browser
	-@$(VENV_BIN)/python -m tests.support.real_weights

data-model:  ## draw docs/data-model.md again after a change of the models
	$(VENV_BIN)/python -m bench.draw_data_model

# torch brings the packages of its own build (nvidia, cuda, triton), so pip must be free to take a build without them.
UV_EXPORT = uv export --quiet --frozen --no-hashes --no-header --no-annotate
TORCH_ONLY_PACKAGES = ^(nvidia|cuda|triton)

lock:  ## update the lock files after a change of the dependencies in pyproject.toml (needs uv)
	uv lock
	$(UV_EXPORT) --no-default-groups > requirements/web.txt
	for group in worker faster s3 dev node; do \
	  $(UV_EXPORT) --only-group $$group | grep -vE "$(TORCH_ONLY_PACKAGES)" > requirements/$$group.txt; \
	done

clean:  ## remove what the set-up made, never the data in var/
	rm -rf .venv node_modules static/build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
