# The commands that people and CI use. bootstrap.py does the set-up and is quick when there is nothing to do.

PYTHON ?= python3
WITHOUT ?=
BIND ?= 127.0.0.1:8000
SET_UP = $(PYTHON) bootstrap.py --without "$(WITHOUT)"
BIN = .venv/bin
PYTEST = $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4

.PHONY: run run-web demo test test-all setup test-setup checks audit lock clean

FLASK = $(BIN)/flask --app wsgi

run:
	@$(SET_UP) worker
	@$(FLASK) db upgrade
	@$(FLASK) core encrypt-storage
	@$(FLASK) review load-example
	@$(FLASK) accounts sign-in-links
	@$(FLASK) core run

run-web:
	@$(SET_UP)
	@$(BIN)/gunicorn --worker-class gthread --threads 16 --no-control-socket --bind $(BIND) "wsgi:create_app()"

demo:
	@$(SET_UP) worker dev
	@$(BIN)/python -m demo

setup:
	@$(SET_UP) worker

test-setup:
	@$(SET_UP) worker dev --browser

test: test-setup checks
	$(PYTEST) -m "not slow"

test-all: test-setup checks audit
	$(PYTEST) --hypothesis-profile=thorough

checks:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --check
	$(BIN)/djlint templates --lint --quiet

audit:
	$(BIN)/pip-audit --disable-pip --no-deps $(foreach file,$(wildcard requirements/*.txt),-r $(file))

# After a change of the dependencies in pyproject.toml. Needs uv.
# torch brings the packages of its own build (nvidia, cuda, triton), so pip must be free to take a build without them.
EXPORT = uv export --quiet --frozen --no-hashes --no-header --no-annotate
OF_TORCH = ^(nvidia|cuda|triton)

lock:
	uv lock
	$(EXPORT) --no-default-groups > requirements/web.txt
	for group in worker faster s3 dev node; do $(EXPORT) --only-group $$group | grep -vE "$(OF_TORCH)" > requirements/$$group.txt; done

# Leaves var/, where the database and the recordings are.
clean:
	rm -rf .venv node_modules static/build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
