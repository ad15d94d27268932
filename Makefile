# The commands of the house. `make demo` and `make run` need Python 3.11 or newer and make, no more.

PORT    ?= 8000
PYTHON  ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python; do \
               $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
               { echo $$p; break; }; done)
BROWSER := $(shell command -v chromium-headless-shell || command -v chromium || \
               command -v chromium-browser || command -v google-chrome)
# some machines say no: then each of the programs a run starts would compile all of ours anew
export PYTHONDONTWRITEBYTECODE :=
PIP     := .venv/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: demo run test clean
.DELETE_ON_ERROR:

demo: .venv/installed ## the house with a believable demo; Ctrl-C stops everything
	@exec .venv/bin/bihuan up --demo --port $(PORT)

run: .venv/installed ## the same without demo data
	@exec .venv/bin/bihuan up --port $(PORT)

test: .venv/installed-for-tests browser ## lint, types, import contracts, and every test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest -n 4 --dist worksteal -m "not browser" # four: some only wait for what they started
	.venv/bin/pytest -n 2 --dist worksteal -m browser -p no:randomly # two houses, in one order

clean: ## forget what was installed here (never your data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Bihuan needs Python 3.11 or newer; found: $$(python3 --version 2>&1)." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; fi
	$(PYTHON) -m venv .venv

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps -e .
	@touch $@

.venv/installed-for-tests: requirements-dev.lock .venv/installed
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: browser
browser: # the browser tests walk pages in a real one
ifeq ($(BROWSER),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -qq -y --no-install-recommends \
			chromium-headless-shell fonts-noto-cjk; \
	else \
		echo "The browser tests need Chromium and none was found." >&2; \
		echo "Install it (Debian: sudo apt-get install chromium-headless-shell fonts-noto-cjk)." >&2; exit 1; \
	fi
endif
