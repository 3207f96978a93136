# Needs only make and Python 3.11 or newer; everything else is fetched into this folder.
# Paths are relative, so that it works below a folder with blanks in its name.

SEEDS ?= 1

# The first Python that is new enough; what a version manager only pretends to have is passed over.
FIND_PYTHON = \
	for name in python3.11 python3.12 python3.13 python3; do \
		if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			python="$$name"; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "The studio needs Python 3.11 or newer, and found $$(command -v python3 >/dev/null && python3 --version 2>&1 || echo none): install it (on Debian 12: apt-get install python3 python3-venv) and start again." >&2; \
		exit 1; \
	fi

.PHONY: run loop test check shots clean ready ready-dev

run: ready
	@.venv/bin/python manage.py up

loop: ready
	@.venv/bin/python manage.py loop --seeds "$(SEEDS)"

test: ready-dev
	@.venv/bin/python -m pytest -n 3 --dist loadgroup --cov --cov-report=
	@.venv/bin/python -m coverage report --skip-covered --skip-empty --sort=cover | tail -n 30

check: ready-dev
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy .
	@.venv/bin/lint-imports --no-cache --no-logo
	@find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +
	@.venv/bin/python -m djlint templates --lint --quiet
	@.venv/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@.venv/bin/python manage.py check

# Pictures of the main pages in both languages and themes; SHOTS names some of them.
shots: ready-dev
	@.venv/bin/python -m tests.browser.shots $(SHOTS)

# What tests and tools left behind; neither the environment nor the data of `make run`.
clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .coverage.*
	@find . -name __pycache__ -type d -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

ready:
	@$(FIND_PYTHON); "$$python" -I studio/bootstrap.py

ready-dev:
	@$(FIND_PYTHON); "$$python" -I studio/bootstrap.py --dev
