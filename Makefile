# Every target sets up what it needs; the second time that takes no time.
PYTHON := .venv/bin/python
FILE ?=
OUT ?= demo

.PHONY: run demo test lint bench setup pictures clean

run: setup ## open the window, on FILE or on the sample project
	@$(PYTHON) main.py $(if $(FILE),open "$(FILE)")

demo: setup ## do the whole main job without a display, into the folder OUT
	@$(PYTHON) main.py demo --out "$(OUT)"

test: setup lint ## lint, types and tests
	@$(PYTHON) -m pytest -n 2 --dist loadfile

lint: setup
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy

bench: ## time the program beside what one would use instead
	@bash .ci/setup bench
	@$(PYTHON) -m pytest tests/bench -o python_files='bench_*.py' -o python_functions='bench_*' \
	  --benchmark-columns=median,rounds --benchmark-sort=name -s

pictures: setup ## the pictures of the README
	@$(PYTHON) docs/pictures.py

setup:
	@bash .ci/setup

clean: ## remove what set-up and tests have made
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
