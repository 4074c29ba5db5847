# Set-up, the main job and the checks. `make run` and `make test` need nothing before them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
TORCH := $(shell sed -n 's/^torch==//p' constraints.txt)
export OMP_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test slow check setup clean

run: setup ## the main job: the article alone, and a sample with its original
	$(BIN)/bitext run corpus/kazakhstan.fr.txt -o out/kazakhstan
	$(BIN)/bitext run corpus/harbour.fr.txt --original corpus/harbour.en.txt -o out/harbour
	@echo "Reports: out/kazakhstan/report.html, out/harbour/report.html"

test: setup ## the fast tests
	$(BIN)/python -m pytest

slow: setup ## the slow tests, those in a browser too (Chromium: apt-get install chromium)
	$(BIN)/pip install -q -c constraints.txt -e '.[dev,browser]'
	$(BIN)/python -m pytest -m slow

check: setup ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: $(VENV)/.done

# PyTorch's CPU build where pip finds one; otherwise uv, which knows where PyTorch keeps them. Never the GPU build.
$(VENV)/.done: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bitext needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q "torch==$(TORCH)+cpu" -c constraints.txt 2>/dev/null \
	  || { $(BIN)/pip install -q uv && VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --torch-backend=cpu "torch==$(TORCH)"; }
	$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	$(BIN)/bitext run corpus/udhr.fr.txt --original corpus/udhr.en.txt -q -o $(VENV)/first # convert models, compile
	@touch $@

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
