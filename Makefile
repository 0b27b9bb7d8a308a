# Each target makes what it needs. PYTHON names an interpreter, 3.11 or later, to start from.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= out/demo

.PHONY: demo test check format lint types contracts slow bench docs clean

demo: .venv/demo
	$(BIN)/grader grade tp4 submissions/tp4.zip --worksheet submissions/tp4.csv -o $(OUT) --unsafe-no-isolation || test $$? -eq 1
	@echo "Class page: $(OUT)/index.html"

test: .venv/dev
	$(BIN)/pytest -n 2

check: format lint types contracts test

format: .venv/dev
	$(BIN)/ruff format --check .

lint: .venv/dev
	$(BIN)/ruff check .

types: .venv/dev
	$(BIN)/mypy

contracts: .venv/dev
	$(BIN)/lint-imports

slow: .venv/dev tests/pages/node_modules
	$(BIN)/pytest -m slow -n 2

bench: .venv/dev
	$(BIN)/python -m bench
	$(BIN)/python -m bench.isolation

docs: .venv/docs
	$(BIN)/mkdocs build --strict

tests/pages/node_modules: tests/pages/package-lock.json
	cd tests/pages && npm ci --silent --no-audit --no-fund
	touch $@

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/demo: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[linux]'
	touch $@

.venv/dev: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ .venv/demo

.venv/docs: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	touch $@

clean:
	rm -rf out .venv build *.egg-info
