HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin
CATALOGS := $(patsubst %.po,%.mo,$(wildcard assessor/translations/*/LC_MESSAGES/*.po))
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
MIGRATIONS := assessor/store/migrations/versions

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check fix bench guards soak pictures messages lock migration wheel release audit bom prepare-run prepare-test catalogs

help: ## Say what each target does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: prepare-run catalogs ## Install what is missing and serve (HOST=127.0.0.1 PORT=8000)
	$(BIN)/assessor serve --host $(HOST) --port $(PORT)

test: prepare-test catalogs check ## Install what is missing, check, and run every test
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: prepare-test ## Format, lint, types, architecture and templates, without running a test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

fix: prepare-test ## Format and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: prepare-test catalogs ## Measure speed (tests/benchmarks)
	$(BIN)/python -m tests.benchmarks

guards: prepare-test catalogs ## Take each guard out of a copy of the tree: a test must notice (tests/guards)
	$(BIN)/python -m tests.guards $(GUARD)

soak: prepare-test catalogs ## Kill a real server under load, on SQLite and PostgreSQL, and audit every word that it gave
	$(BIN)/python -m tests.soak $(SOAK)

pictures: prepare-test catalogs ## Draw the pictures of the README and of the home page anew
	$(BIN)/python -m tests.browser.pictures

messages: prepare-test ## Extract what is to be translated, update each catalogue (add=LANGUAGE: a new one), compile
	@$(if $(add),mkdir -p assessor/translations/$(add)/LC_MESSAGES)
	$(BIN)/pybabel -q extract --mapping pyproject.toml -k N_ -k said -k counted:1,2 -k _l -k lazy_gettext --add-comments TRANSLATORS: \
		--add-location file --sort-by-file --project Assessor --output assessor/translations/messages.pot .
	@for language in $$(ls -d assessor/translations/*/ | xargs -n 1 basename); do \
		if [ -f assessor/translations/$$language/LC_MESSAGES/messages.po ]; then action='update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date'; \
		else action=init; fi; \
		$(BIN)/pybabel -q $$action --locale $$language --input-file assessor/translations/messages.pot \
			--output-dir assessor/translations || exit 1; done
	@$(MAKE) --no-print-directory catalogs

lock: prepare-test ## Renew requirements*.txt: newest versions, hashes of every platform's files
	$(LOCK) --upgrade pyproject.toml --extra postgres --group checkout --output-file requirements.txt
	$(LOCK) --upgrade pyproject.toml --extra postgres --group dev --constraint requirements.txt --output-file requirements-dev.txt

migration: prepare-test ## Write a migration from the models: make migration m="what changed"
	@test -n "$(m)" || { echo 'say what changed: make migration m="..."' >&2; exit 2; }
	$(BIN)/python .ci/migration.py "$(m)"
	$(BIN)/ruff check --quiet --fix $(MIGRATIONS)
	$(BIN)/ruff format --quiet $(MIGRATIONS)

release: audit wheel bom ## All that a release ships, into dist/; stops where the audit is not clean

wheel: prepare-test ## Build the sdist and, from it, the wheel into dist/
	$(BIN)/python -m build --no-isolation --outdir dist

audit: prepare-test ## Look up known weaknesses of the pinned versions (needs the public advisory service)
	@$(BIN)/python .ci/audit.py requirements.txt

bom: prepare-test ## Write the bill of materials of this version into dist/ (CycloneDX)
	@mkdir -p dist
	$(BIN)/uv tool run --quiet --from cyclonedx-bom cyclonedx-py requirements --pyproject pyproject.toml \
		--output-reproducible --output-file dist/bom.json requirements.txt
	@$(BIN)/python .ci/name_bom.py dist/bom.json

prepare-run:
	@.ci/prepare run

prepare-test:
	@.ci/prepare test

# Only compiled catalogues are read; without them every page would silently be in English.
catalogs: $(CATALOGS)

%.mo: %.po
	$(BIN)/pybabel -q compile --input-file $< --output-file $@
