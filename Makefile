PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= .tierwise
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo serve test lint types imports bench eval docs constraints clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

$(BIN)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

install: $(BIN)/.installed ## .venv with everything the tests need

demo: $(BIN)/.installed ## the demo organisation's live tickets, run to their outcomes; LLM=scripted with a model
	$(BIN)/tierwise demo --data-dir $(DATA) $(if $(LLM),--llm $(LLM))

serve: $(BIN)/.installed ## serves the API over the data that `make demo` left
	$(BIN)/tierwise serve --data-dir $(DATA)

test: $(BIN)/.installed ## sets up and runs every test that needs no system package
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(PYTEST_ARGS)

lint: $(BIN)/.installed ## style, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(BIN)/.installed ## strict types
	$(BIN)/mypy

bench: $(BIN)/.installed ## every figure in the documentation, measured here and now
	$(BIN)/python -m evals.bench

docs: $(BIN)/.installed ## writes the generated pages anew
	$(BIN)/python -m cli.pages

constraints: ## pins every dependency anew, from a fresh resolution
	rm -rf $(VENV)-fresh && $(PYTHON) -m venv $(VENV)-fresh
	$(VENV)-fresh/bin/python -m pip install --quiet --disable-pip-version-check '.[dev,evals]' 'instructor>=1.14'
	(echo "# Every dependency, pinned. Written by \`make constraints\`."; \
	 $(VENV)-fresh/bin/python -m pip freeze --exclude tierwise --exclude setuptools \
	 | sed -e 's/+cpu$$//' -e 's/^torch @.*/torch==2.13.0/' -e '/ @ /d' | tr 'A-Z_' 'a-z-' | sort) > constraints.txt
	rm -rf $(VENV)-fresh

clean: ## removes .venv and the demo's data
	rm -rf $(VENV) $(DATA)
