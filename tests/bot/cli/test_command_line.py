"""The command line: what it prints, how it exits, and what it never shows."""

import contextlib
import importlib
import json
import os
import pty
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli.main import app
from bot.desk.desk import Desk
from bot.settings import SEEDS, Settings, read_settings
from bot.version import VERSION
from prompts.models import Answer, Channel
from storage.models import LoggedExchange
from storage.record.exchanges import ExchangeLog
from tests.support.desk import CLI, JUDGMENTS, policydesk, policydesk_process, write
from tests.support.isolation import shut_out_settings
from tests.support.osa import QUESTION, SOURCE

QUESTIONS = JUDGMENTS / "questions.jsonl"
SCORE = Path(__file__).resolve().parents[4] / "shared" / "eval" / "score.py"
TOKEN = "123456789:AAF-not-a-token_but-shaped-like-one"  # noqa: S105 - invented
Folder = Callable[..., Path]


def invoke(*arguments: str | Path) -> Result:
    """Run a command in this process; an error is the exception that the command line turns into a line."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A few of the judged questions, some with an answer and some without."""
    questions = QUESTIONS.read_text(encoding="utf-8").splitlines(keepends=True)[::12]
    write(tmp_path / "few.jsonl", "".join(questions))
    return tmp_path / "few.jsonl"


@pytest.fixture(scope="module")
def written_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that `run` writes for all judged questions."""
    place = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as environment:
        shut_out_settings(environment, place)
        assert invoke("run", QUESTIONS, "--output", place / "run.jsonl").exit_code == 0
    return place / "run.jsonl"


# --- ask


def test_an_answered_question_exits_with_0_and_prints_quotes_with_their_places() -> None:
    ended = policydesk_process("ask", QUESTION)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("The sources differ:\nPhilippines, Malaysia, Bangladesh and Fiji · [1] Japan")
    assert f"2023-11-29, {SOURCE}" in ended.stdout


def test_an_abstention_exits_with_1_and_is_on_record_like_any_answer(log: ExchangeLog) -> None:
    ended = policydesk("ask", "zebra xylophone quiz?")
    assert (ended.returncode, ended.stdout, ended.stderr) == (
        1,
        "Nothing in the articles answers this: nothing on zebra, xylophone, quiz.\n",
        "",
    )
    (logged,) = log.history()
    assert (logged.channel, logged.outcome, logged.reply + "\n") == (Channel.CLI, "abstained", ended.stdout)


@pytest.mark.parametrize(
    ("question", "told"),
    [("Does Vietnam repair F-35s?", "repair, F-35s"), ("zebra COVID-19 quiz?", "zebra, COVID-19, quiz")],
)
def test_a_name_with_a_number_that_nothing_is_said_on_is_told_whole(question: str, told: str) -> None:
    assert policydesk("ask", question).stdout.startswith(f"Nothing in the articles answers this: nothing on {told}.\n")


def test_json_is_the_answer_and_validates_back() -> None:
    ended = policydesk("ask", QUESTION, "--json", "-k", "1")
    answer = Answer.model_validate_json(ended.stdout)
    assert (answer.question, answer.outcome, answer.citations[0].line) == (QUESTION, "answered", 17)
    for citation in answer.citations:
        text = (SEEDS / citation.file).read_bytes().decode()
        assert text[citation.start : citation.end] == citation.quote


def test_a_question_may_be_any_bytes(log: ExchangeLog) -> None:
    ended = policydesk_process("ask", "OSA recipients \udcff Fiji \x1b[31m 🙂")
    assert ended.returncode in {0, 1}
    assert log.history()[0].question == "OSA recipients ? Fiji \x1b[31m 🙂"


def test_the_words_of_a_question_are_joined_and_a_hyphen_stands_for_the_input(log: ExchangeLog) -> None:
    for said in (policydesk("ask", "zebra", "quiz?"), policydesk("ask", "-", stdin="zebra quiz?\n")):
        assert said.stdout == "Nothing in the articles answers this: nothing on zebra, quiz.\n"
    assert [logged.question for logged in log.history()] == ["zebra quiz?", "zebra quiz?"]


@pytest.mark.parametrize("command", ["ask", "run"])
def test_ask_and_run_do_not_load_what_only_the_bot_needs(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, few: Path
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in {"telegram", "starlette", "bot"}]:
        monkeypatch.delitem(sys.modules, name)
    for module in ("telegram", "starlette", "trafilatura", "pypdfium2", "docx", "httpx", "rich", "http.client"):
        monkeypatch.setitem(sys.modules, module, None)  # to import it is now an error
    fresh = importlib.import_module("bot.cli.main")
    arguments = {"ask": ["ask", "OSA Fiji"], "run": ["run", str(few), "--output", str(tmp_path / "run")]}
    assert CliRunner().invoke(fresh.app, arguments[command]).exit_code == 0


# --- bad use: exit code 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask"],
        ["ask", "Who?", "-k", "0"],
        ["ask", "Who?", "-k", "many"],
        ["ask", "Who?", "--verbose"],
        ["history", "--limit", "0"],
        ["history", "--limit", "9" * 30],
        ["run", str(QUESTIONS)],
        [],
    ],
)
def test_bad_use_exits_with_2_and_prints_no_traceback(arguments: list[str]) -> None:
    ended = invoke(*arguments)
    assert ended.exit_code == 2
    assert "Usage:" in ended.output
    assert "Traceback" not in ended.output


@pytest.mark.parametrize(
    "command", ["ask", "chat", "demo", "serve", "sources", "add", "history", "run", "evaluate", "config"]
)
def test_every_command_explains_itself(command: str) -> None:
    ended = invoke(command, "--help")
    assert ended.exit_code == 0
    assert re.search(r"Usage: \S+ " + command, ended.output)


# --- the program


def test_the_version_is_told() -> None:
    assert invoke("--version").output == f"policydesk {VERSION}\n"


def test_help_shows_the_groups_with_each_command_in_one_whole_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal of eighty columns; a summary is how the command's own help begins."""
    monkeypatch.setenv("COLUMNS", "80")
    shown = invoke("-h").output.splitlines()
    groups = [line.removesuffix(":") for line in shown if re.fullmatch(r"[A-Z]\w+:", line)]
    assert groups == ["Options", "Ask", "Articles", "Record", "Run", "Administer"]
    program: Any = typer.main.get_command(app)
    for name, command in program.commands.items():
        (line,) = [line for line in shown if re.match(rf"  {name} ", line)]
        assert (command.help or "").startswith(line.split(maxsplit=1)[1]), name


@pytest.mark.parametrize("group", ["access", "history", "inbox", "reviewers", "judgments"])
def test_a_group_of_commands_shows_their_summaries_whole(group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = invoke(group, "-h").output.partition("Commands:\n")[2].splitlines()
    program: Any = typer.main.get_command(app)
    assert [line.split()[0] for line in listed] == list(program.commands[group].commands)
    assert "..." not in "".join(listed)


def test_help_and_completion_load_no_command() -> None:
    """What the desk is made of would take most of a second."""
    program = (
        "import sys; from typer.testing import CliRunner; from bot.cli.main import app\n"
        "helped = CliRunner().invoke(app, ['--help'])\n"
        "completed = CliRunner().invoke(app, [], prog_name='policydesk', env=ENV)\n"
        "heavy = {'numpy', 'jinja2', 'rich', 'sqlite_utils', 'bot.settings'} & {*sys.modules}\n"
        "print(helped.exit_code, completed.output, heavy)"
    )
    environment = {"_POLICYDESK_COMPLETE": "complete_bash", "COMP_WORDS": "policydesk re", "COMP_CWORD": "1"}
    script = f"ENV = {environment}\n{program}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (
        ["0", "remove", "review", "replay", "reviewers", "record", "restore", "retain", "set()"],
        "",
    )


def test_a_question_loads_and_compiles_only_what_it_needs() -> None:
    program = (
        "import gc, sys; from typer.testing import CliRunner; from bot.cli.main import app\n"
        "answered = CliRunner().invoke(app, ['ask', 'OSA Fiji'])\n"
        "from retrieval.patterns import _LazyPattern; gc.unfreeze()\n"
        "patterns = [held for held in gc.get_objects() if isinstance(held, _LazyPattern)]\n"
        "compiled = sum('_compiled' in vars(pattern) for pattern in patterns)\n"
        "print(answered.exit_code, {'numpy.ma', 'numba', 'babel', 'rich', 'telegram'} & {*sys.modules}, compiled < 300)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0 set() True\n", "")


def test_the_shell_is_told_how_to_complete() -> None:
    shown = policydesk("--show-completion", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="", SHELL="/bin/bash")
    assert "policydesk" in shown.stdout + shown.stderr


# --- chat


def test_a_conversation_ends_with_an_empty_line_and_is_on_record(log: ExchangeLog) -> None:
    ended = policydesk("chat", stdin=f"{QUESTION}\nzebra quiz?\n\nNever asked\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("I answer from 5 articles, in their own words.")
    assert ended.stdout.index("Fiji") < ended.stdout.index("Nothing in the articles answers this")
    assert [logged.question for logged in log.history()] == ["zebra quiz?", QUESTION]


@pytest.mark.parametrize("word", ["exit", "quit", "Exit"])
def test_a_conversation_ends_when_told_so(word: str, log: ExchangeLog) -> None:
    assert policydesk("chat", stdin=f"zebra quiz?\n{word}\nNever asked\n").returncode == 0
    assert [logged.question for logged in log.history()] == ["zebra quiz?"]


def test_a_line_is_edited_and_the_arrow_key_brings_back_the_last_question_on_record(log: ExchangeLog) -> None:
    """The record is all the history there is, so that what is forgotten is forgotten there too."""
    policydesk("ask", "zebra quiz?")
    keyboard, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm"},
    ) as chat:
        os.close(terminal)
        _shown_on(keyboard, until="? ")
        os.write(keyboard, b"\x1b[A\x7f again?\n")
        shown = _shown_on(keyboard, until="\n? ")
        os.write(keyboard, b"exit\n")
        assert chat.wait(timeout=60) == 0
    os.close(keyboard)
    assert "Nothing in the articles answers this" in shown
    assert [logged.question for logged in log.history()] == ["zebra quiz again?", "zebra quiz?"]


def _on_terminal(*arguments: str, columns: int) -> str:
    """Run a command on a terminal of so many columns, and return all that it shows."""
    keyboard, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns)}
    with subprocess.Popen([sys.executable, "-m", "bot", *arguments], stdout=terminal, env=environment) as command:
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):  # the other side is closed
            while more := os.read(keyboard, 10_000):
                shown += more
    assert command.returncode == 0
    os.close(keyboard)
    return re.sub(r"\x1b\[\S*?m", "", shown.decode())


def _shown_on(keyboard: int, *, until: str) -> str:
    shown = ""
    while not re.sub(r"\x1b\[\S+|\r", "", shown).endswith(until):
        shown += os.read(keyboard, 10_000).decode()
    return shown


def test_a_conversation_ends_when_the_input_does() -> None:
    ended = policydesk("chat", stdin="zebra quiz?")
    assert ended.returncode == 0
    assert "Nothing in the articles answers this" in ended.stdout


# --- sources


def test_sources_lists_the_articles_with_what_is_known_of_them() -> None:
    lines = invoke("sources").output.splitlines()
    assert re.split(r"\s{2,}", lines[0].strip()) == ["No.", "Title", "Date", "Publisher", "Passages", "File"]
    assert re.search(r"^2\s+Japan and Vietnam upgrade .* 2023-11-29 .* 001_dd85be5707bc16ac.txt", lines[2])
    assert "The Yomiuri Shimbun" in lines[1]
    assert lines[6:] == ["5 articles, 100 passages; 0 files not used."]


def test_sources_shows_what_was_skipped_with_reason_and_cure(folder: Folder) -> None:
    root = folder(a="Headline\n\nText.", **{"b.pdf": b"%PDF", "c.txt": b"\xff"})
    shown = re.sub(r"\s+", " ", invoke("sources", "--articles", root).output)
    assert "Not used" in shown
    assert "b.pdf it is a .pdf file that has not been read add it with `policydesk add FILE`, or remove it" in shown
    assert "c.txt it is not UTF-8 (byte 1 of 1) save it again with the encoding UTF-8" in shown


def test_sources_as_json_has_articles_and_skipped(folder: Folder) -> None:
    root = folder(a="Headline\n\nNov. 5, 2023\n\nText. More.", **{"b.pdf": b"%PDF"})
    listed = json.loads(invoke("sources", "--json", "--articles", root).output)
    assert [(a["title"], a["date"], a["passages"]) for a in listed["articles"]] == [("Headline", "2023-11-05", 3)]
    assert [(file["file"], file["flaw"]) for file in listed["skipped"]] == [("b.pdf", "unread")]


def test_the_default_articles_are_found_from_any_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings().articles == SEEDS
    assert SEEDS.is_absolute()


# --- history


@pytest.fixture
def asked(desk: Desk) -> None:
    for question in (QUESTION, "zebra xylophone quiz?", "Who is Phạm [red]Minh\x1b[31m Chính?"):
        desk.ask(question, CLI)


@pytest.mark.usefixtures("asked")
def test_history_shows_the_newest_first_and_nothing_commands_the_terminal() -> None:
    shown = policydesk("history").stdout
    assert shown.index("Who is Phạm [red]Minh\ufffd[31m Chính?") < shown.index("zebra") < shown.index(QUESTION)
    assert SOURCE in shown
    assert "\x1b" not in shown


@pytest.mark.usefixtures("asked")
def test_history_as_json_is_what_is_logged(log: ExchangeLog) -> None:
    ended = policydesk("history", "--json", "--limit", "2")
    entries = json.loads(ended.stdout)
    for cited in (cited for entry in entries for cited in entry["citations"]):
        assert cited.pop("freshness") == "current"
        del cited["shown"]
    assert [LoggedExchange.model_validate(entry) for entry in entries] == log.history(limit=2)


@pytest.mark.usefixtures("asked")
def test_history_is_searched_without_regard_to_diacritics() -> None:
    found = json.loads(policydesk("history", "--search", "pham chinh", "--json").stdout)
    assert [entry["question"] for entry in found] == ["Who is Phạm [red]Minh\x1b[31m Chính?"]


def test_a_search_that_cannot_be_read_is_one_clear_line() -> None:
    ended = policydesk("history", "--search", "two-plus-two")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("policydesk: The search 'two-plus-two' cannot be read")
    assert ended.stderr.endswith("in double quotes.\n")


# --- run and evaluate


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_evaluate_gives_the_numbers_of_the_scorer_outside_for_the_run_that_run_writes(written_run: Path) -> None:
    if not SCORE.exists():
        pytest.skip(f"the scorer is not at {SCORE}")
    expected = runpy.run_path(str(SCORE))["score"](read(QUESTIONS), read(written_run))
    assert json.loads(invoke("evaluate", QUESTIONS, "--json").output) == pytest.approx(expected)


def test_a_run_has_a_line_a_question_with_ranked_hits_that_are_slices(written_run: Path) -> None:
    lines = read(written_run)
    assert [line["id"] for line in lines] == [question["id"] for question in read(QUESTIONS)]
    assert {frozenset(line) for line in lines} == {frozenset({"id", "outcome", "confidence", "hits"})}
    assert {line["outcome"] for line in lines} == {"answered", "abstained"}
    assert max(len(line["hits"]) for line in lines) == 10
    for hit in (hit for line in lines for hit in line["hits"]):
        assert set(hit) == {"file", "start", "end", "score"}
        assert 0 <= hit["start"] < hit["end"] <= len((SEEDS / hit["file"]).read_bytes().decode())


def test_run_and_evaluate_log_nothing_and_make_no_database(tmp_path: Path, few: Path) -> None:
    assert invoke("run", few, "--output", tmp_path / "run.jsonl").exit_code == 0
    assert invoke("evaluate", few).exit_code == 0
    assert not (tmp_path / "policydesk.db").exists()


def test_evaluate_shows_every_measure_and_per_question_how_each_went(few: Path) -> None:
    shown = invoke("evaluate", few, "--per-question").output
    measures = "hit@1 hit@3 hit@5 mrr@10 answer_rate refusal_rate wrong_rate auroc ece".split()
    assert all(re.search(rf"^{re.escape(name)}\s+\d\.\d\d\d\s*$", shown, re.MULTILINE) for name in measures)
    assert re.search(r"^j-001\s+Who shook hands", shown, re.MULTILINE)


def test_evaluate_as_json_can_hold_how_each_question_went() -> None:
    measured = json.loads(invoke("evaluate", QUESTIONS, "--per-question", "--json").output)
    assert len(measured["results"]) == measured["questions"] == 100
    assert set(measured["results"][0]) == {"id", "question", "answerable", "outcome", "confidence", "rank"}


@pytest.mark.parametrize("output", ["missing/run.jsonl", "."])
def test_a_run_that_cannot_be_written_is_one_clear_line(tmp_path: Path, few: Path, output: str) -> None:
    ended = policydesk("run", few, "--output", tmp_path / output)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"policydesk: .* cannot be written \(.*\): name another file\.\n", ended.stderr)


# --- settings


def test_ask_prints_quotes_with_citations_to_paste_elsewhere() -> None:
    ended = policydesk("ask", "--cite", "When did the Izumo call at Cam Ranh?", POLICYDESK_CITATION="footnote")
    assert ended.stdout.startswith("“The JS Izumo helicopter carrier makes a port call in Cam Ranh")
    assert " “Japan and Vietnam upgrade security ties with eye on China,” November 29, 2023, 001_" in ended.stdout
    refused = policydesk("ask", "--cite", "Who won the football world cup in 2022?")
    assert (refused.returncode, refused.stdout[:30]) == (1, "Nothing in the articles answer")


def test_config_shows_every_setting_and_masks_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYDESK_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("POLICYDESK_THRESHOLD", "0.75")
    shown = invoke("config").output
    assert re.search(r"POLICYDESK_TELEGRAM_TOKEN\s+\*{8} ", shown)
    assert re.search(r"POLICYDESK_THRESHOLD\s+0\.75 ", shown)
    assert "AAF" not in shown


def test_names_of_settings_are_shown_whole_on_a_narrow_terminal() -> None:
    shown = _on_terminal("config", columns=80)
    assert "POLICYDESK_TELEGRAM_TOKEN_FILE " in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_program_that_reads_a_table_gets_each_row_whole() -> None:
    """Neither cut nor wrapped, however wide the terminal is that the command was typed on."""
    lines = policydesk("config", COLUMNS="40").stdout.splitlines()
    assert len(lines) == 1 + len(Settings.model_fields)
    assert all(line == line.rstrip() for line in lines)


def test_config_as_json_has_every_setting_and_masks_the_token() -> None:
    shown = policydesk("config", "--json", POLICYDESK_TELEGRAM_TOKEN=TOKEN, POLICYDESK_THRESHOLD="0.5").stdout
    assert set(json.loads(shown)) == set(Settings.model_fields)
    assert json.loads(shown)["threshold"] == 0.5
    assert "AAF" not in shown


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"THRESHOLD": "high"}, "POLICYDESK_THRESHOLD: should be a number"),
        ({"THRESHOLD": "7"}, "POLICYDESK_THRESHOLD: should be at most 1"),
        ({"LIMIT_CHAT": "2.5"}, "POLICYDESK_LIMIT_CHAT: should be a whole number"),
        ({"OPEN": "perhaps"}, "POLICYDESK_OPEN: should be true or false"),
        ({"ENGINE": "steam"}, "POLICYDESK_ENGINE: should be 'auto', 'reference' or 'max-score'"),
        ({"SURE": "0.1"}, "POLICYDESK_SURE: should be at least POLICYDESK_THRESHOLD: below that nothing is answered"),
    ],
)
def test_what_is_wrong_with_a_setting_is_said_in_our_words(given: dict[str, str], words: str) -> None:
    """Alone: no setting is complained about because another one cannot be used."""
    said = policydesk("config", **{f"POLICYDESK_{name}": value for name, value in given.items()})
    assert said.stderr == f"policydesk: Settings that cannot be used: {words}\n"


@pytest.mark.parametrize("place", ["environment", ".env"])
def test_a_misspelt_setting_is_mentioned_and_the_rest_goes_on(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if place == ".env":
        Path(".env").write_text("POLICYDESK_TRESHOLD=1\n", encoding="utf-8")
    else:
        monkeypatch.setenv("POLICYDESK_TRESHOLD", "1")
    ended = invoke("config")
    assert ended.exit_code == 0
    assert "there is no setting POLICYDESK_TRESHOLD" in ended.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THRESHOLD", "hot-secret"),
        ("THRESHOLD", "2"),
        ("THRESHOLD", "nan"),
        ("SURE", "very-secret"),
        ("SURE", "1.1"),
        ("MAX_ARTICLE_BYTES", "0"),
        ("LOG_LEVEL", "loud-secret"),
        ("LOG_FORMAT", "secret"),
        ("KEEP_DAYS", "secret"),
        ("HTTP", "secret"),
        ("HTTP", "0.0.0.0:8086"),
        ("TELEGRAM_URL", "ftp://user:secret@host"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_without_its_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"POLICYDESK_{name}", value)
    error = str(invoke("config").exception)
    assert error.startswith(f"Settings that cannot be used: POLICYDESK_{name}: ")
    assert "secret" not in error
    assert "\n" not in error


def test_to_be_sure_takes_no_less_confidence_than_to_answer() -> None:
    ended = policydesk("ask", "Who?", POLICYDESK_THRESHOLD="0.7", POLICYDESK_SURE="0.65")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "policydesk: Settings that cannot be used: POLICYDESK_SURE: should be at least POLICYDESK_THRESHOLD: "
        "below that nothing is answered\n"
    )


@pytest.mark.parametrize(("threshold", "sure"), [("0.5", 0.6), ("0.6", 0.6), ("0.75", 0.75)])
def test_to_be_sure_takes_as_much_as_to_answer_where_only_that_is_set(
    threshold: str, sure: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYDESK_THRESHOLD", threshold)
    assert read_settings().sure == sure


def test_a_bad_setting_exits_with_2_in_one_line() -> None:
    ended = policydesk("ask", "Who?", POLICYDESK_THRESHOLD="hot")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert ended.stderr.startswith("policydesk: Settings that cannot be used: POLICYDESK_THRESHOLD: ")


def test_settings_are_read_from_a_file_in_the_working_directory_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = f"POLICYDESK_TELEGRAM_TOKEN={TOKEN}\nPOLICYDESK_THRESHOLD=0.5\n"
    Path(".env").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("POLICYDESK_THRESHOLD", "0.75")
    assert (read_settings().token(), read_settings().threshold) == (TOKEN, 0.75)


def test_an_env_file_that_is_not_text_is_one_clear_line() -> None:
    Path(".env").write_bytes(b"\xff\xfe\0")
    ended = policydesk("config")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "policydesk: The file .env cannot be read: make it UTF-8 text, or remove it.\n"


def test_the_token_may_stand_in_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "token.txt", f"{TOKEN}\n")
    monkeypatch.setenv("POLICYDESK_TELEGRAM_TOKEN_FILE", str(tmp_path / "token.txt"))
    assert read_settings().token() == TOKEN


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read: check POLICYDESK_TELEGRAM_TOKEN_FILE"), (b"\n", "is empty"), (b"\xff", "cannot be read")],
)
def test_a_token_file_that_holds_no_token_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, said: str
) -> None:
    if content is not None:
        write(tmp_path / "token.txt", content)
    monkeypatch.setenv("POLICYDESK_TELEGRAM_TOKEN_FILE", str(tmp_path / "token.txt"))
    error = str(invoke("serve").exception)
    assert said in error
    assert "\n" not in error


def test_without_a_token_serve_says_where_to_get_one() -> None:
    ended = policydesk("serve")
    assert ended.returncode == 2
    assert "get one from @BotFather and set POLICYDESK_TELEGRAM_TOKEN" in ended.stderr
    assert "policydesk demo" in ended.stderr


@pytest.mark.parametrize("command", ["timeline", "compare", "brief"])
@pytest.mark.parametrize("topic", ["", "  ", "\u200b", "?!"])
def test_a_topic_without_a_word_is_a_wrong_call(command: str, topic: str) -> None:
    ended = policydesk(command, topic)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "there is no word in it" in ended.stderr


# --- hostile content


def test_articles_that_hold_escape_sequences_and_markup_are_shown_harmless(folder: Folder) -> None:
    text = "Title \x1b[31m[red]x[/red]\x07\n\nThe \x1b]0;pwned\x07minister [bold]signed[/bold] the \u202eaccord.\n"
    root = folder(**{"[red].txt": text, "b\x1b[31m.txt": "Text", "c.txt": b"\xff"})
    asked = policydesk("ask", "Who signed the accord?", "--articles", root)
    listed = invoke("sources", "--articles", root).output
    assert "[bold]signed[/bold]" in asked.stdout
    assert "[red].txt:3" in asked.stdout
    assert all(part in listed for part in ("[red]x[/red]", "[red].txt", r"b\x1b[31m.txt"))
    assert not set(asked.stdout + asked.stderr + listed) & set("\x1b\x07\u202e")
