"""What reviewers say becomes judged questions, the desk is measured on them, and learns from them only what holds."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.settings import read_settings
from prompts.models import Channel
from retrieval.evaluation.judged_questions import JudgedQuestion, read_questions
from retrieval.evaluation.measures import QuestionResult
from retrieval.evaluation.significance import gains, is_improved
from retrieval.evaluation.weight_learning import CandidateSet, _fit, folds, learn_tuning
from retrieval.library import Library
from retrieval.ranking.tuning import FILE, Tuning, read_tuning
from storage.record.exchanges import ExchangeLog
from storage.record.people import PeopleRecord
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import BetterQuote, Ruling, Verdict
from tests.support.desk import CLI, JUDGMENTS, policydesk, write
from tests.support.osa import QUESTION

QUESTIONS = JUDGMENTS / "questions.jsonl"
Judge = Callable[..., None]


@pytest.fixture
def judge(log: ExchangeLog) -> Iterator[Judge]:
    """Gives a verdict on an exchange."""
    book = VerdictBook(log.database)

    def give(number: int, ruling: Ruling, reviewer: str = "Aiko", better: BetterQuote | None = None) -> None:
        at = dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
        verdict = {"exchange_id": number, "reviewer": reviewer, "verdict": ruling, "better": better, "given_at": at}
        book.give(Verdict.model_validate(verdict))

    yield give
    book.close()


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """One question answered and one refused, by a person in a chat."""
    for number, question in enumerate((QUESTION, "zebra xylophone quiz?"), 1):
        desk.ask(question, Asker(channel=Channel.TELEGRAM, chat_id=987654, user_id=456789, message_id=number))
    return desk


def sentence(library: Library, place: int = 20) -> BetterQuote:
    passage = library.passages[place]
    return BetterQuote(file=passage.file, start=passage.start, end=passage.end, quote=passage.text)


def exported(*arguments: str | Path) -> tuple[list[JudgedQuestion], str]:
    """The judged questions, and what was said to be left out."""
    ended = policydesk("judgments", "export", *arguments)
    assert ended.returncode == 0, ended.stderr
    assert not any(secret in ended.stdout for secret in ("987654", "456789", "Aiko", "Binh"))
    lines = ended.stdout.splitlines()
    return [JudgedQuestion.model_validate_json(line) for line in lines], ended.stderr.removeprefix("policydesk: ")


# --- verdicts to judgments


def test_right_quotes_support_an_answer_and_a_right_refusal_says_that_there_is_none(
    asked: Desk, log: ExchangeLog, judge: Judge
) -> None:
    assert asked
    judge(1, Ruling.RIGHT)
    judge(2, Ruling.RIGHT)
    (refused, answered), said = exported()
    assert (refused.id, refused.answerable, refused.support, said) == ("log-2", False, (), "")
    quoted = log.find(1)
    assert quoted is not None
    assert [(s.file, s.start, s.end) for s in answered.support] == [(c.file, c.start, c.end) for c in quoted.citations]


def test_what_reviewers_chose_takes_the_place_of_what_was_wrong(asked: Desk, judge: Judge) -> None:
    better = sentence(asked.library)
    judge(1, Ruling.WRONG, better=better)
    judge(2, Ruling.SHOULD_HAVE_ANSWERED, better=better)
    for question in exported()[0]:
        (span,) = question.support
        assert (question.answerable, span.file, span.start, span.end) == (True, better.file, better.start, better.end)


def test_an_answer_that_should_have_been_refused_has_no_support(asked: Desk, judge: Judge) -> None:
    assert asked
    judge(1, Ruling.SHOULD_HAVE_ABSTAINED)
    ((question,), _) = exported()
    assert (question.question, question.answerable, question.support) == (QUESTION, False, ())


@pytest.mark.usefixtures("asked")
@pytest.mark.both_dialects
def test_more_than_half_of_the_reviewers_must_agree_and_the_newest_of_each_counts(judge: Judge) -> None:
    judge(1, Ruling.RIGHT)
    judge(1, Ruling.SHOULD_HAVE_ABSTAINED, "Binh")
    assert exported() == ([], "judged, but left out: 1 disputed.\n")
    judge(1, Ruling.SHOULD_HAVE_ABSTAINED, "Chie")
    assert [question.answerable for question in exported()[0]] == [False]
    judge(1, Ruling.RIGHT, "Binh")
    assert [question.answerable for question in exported()[0]] == [True]


@pytest.mark.usefixtures("asked")
def test_what_tells_no_right_sentence_is_left_out_and_said(judge: Judge) -> None:
    judge(1, Ruling.WRONG)
    judge(2, Ruling.PARTLY)
    assert exported() == ([], "judged, but left out: 2 without a sentence.\n")


def test_sentences_are_judged_where_they_stand_today(asked: Desk, judge: Judge, tmp_path: Path) -> None:
    assert asked
    quote = "Ships of Fiji were handed over."
    judge(2, Ruling.SHOULD_HAVE_ANSWERED, better=BetterQuote(file="a.txt", start=0, end=len(quote), quote=quote))
    write(tmp_path / "now" / "a", f"Headline\n\n{quote}\n")
    (question,), _ = exported("--articles", tmp_path / "now")
    assert [(span.start, span.end) for span in question.support] == [(10, 10 + len(quote))]
    write(tmp_path / "now" / "a", "Headline\n\nNothing of it.\n")
    assert exported("--articles", tmp_path / "now") == ([], "judged, but left out: 1 no longer in the articles.\n")


def test_a_question_asked_again_counts_once_as_judged_last(asked: Desk, judge: Judge) -> None:
    asked.ask(QUESTION.upper(), CLI)
    judge(1, Ruling.RIGHT)
    judge(3, Ruling.SHOULD_HAVE_ABSTAINED)
    found, said = exported()
    assert [(question.id, question.answerable) for question in found] == [("log-3", False)]
    assert said == "judged, but left out: 1 asked again since.\n"


def test_a_follow_up_is_judged_and_measured_with_what_it_leaned_on(desk: Desk, judge: Judge) -> None:
    desk.ask("and Malaysia?", CLI, earlier=desk.thread(desk.ask(QUESTION, CLI)))
    judge(2, Ruling.RIGHT)
    ((question,), _) = exported()
    assert question.earlier == (QUESTION,)
    assert json.loads(policydesk("evaluate", "--from-log", "--json").stdout)["hit@1"] == 1


def test_what_was_forgotten_is_no_judgment(asked: Desk, log: ExchangeLog, judge: Judge) -> None:
    assert asked
    judge(1, Ruling.RIGHT)
    PeopleRecord(log.database).forget(456789)
    assert exported() == ([], "")


def test_the_file_that_is_written_is_measured_as_the_log_is(asked: Desk, judge: Judge, tmp_path: Path) -> None:
    assert asked
    judge(1, Ruling.RIGHT)
    judge(2, Ruling.RIGHT)
    said = policydesk("judgments", "export", "--output", tmp_path / "judged.jsonl").stdout
    assert said == f"Written to {tmp_path / 'judged.jsonl'}: 2 judged questions.\n"
    from_file = policydesk("evaluate", tmp_path / "judged.jsonl", "--json")
    from_log = policydesk("evaluate", "--from-log", "--json")
    assert json.loads(from_log.stdout)["balanced"] == 1
    assert from_file.stdout == from_log.stdout


@pytest.mark.parametrize("arguments", [[], [str(QUESTIONS), "--from-log"]])
def test_either_a_file_or_the_log_must_be_named(arguments: list[str]) -> None:
    ended = policydesk("evaluate", *arguments)
    assert (ended.returncode, "--from-log" in ended.stderr) == (2, True)


# --- learning


def test_the_fit_finds_the_weights_that_choices_were_made_by() -> None:
    chance = np.random.default_rng(7)
    true = np.array([1.5, -2.0, 0.0])
    choices = []
    for _ in range(800):
        figures = chance.normal(size=(10, 3))
        chosen = (figures @ true + chance.gumbel(size=10)).argmax()
        choices.append(CandidateSet(figures, np.arange(10) == chosen))
    assert _fit(choices, np.zeros(3), np.ones(3)) == pytest.approx(true, abs=0.2)
    assert _fit([], np.ones(3), np.ones(3)).tolist() == [1.0, 1.0, 1.0]


def test_every_question_is_held_out_once_and_never_learnt_from_then() -> None:
    questions = read_questions(QUESTIONS)[:23]
    parts = list(folds(questions))
    assert sorted(q.id for _, held_out in parts for q in held_out) == sorted(q.id for q in questions)
    assert all(not {q.id for q in learnt} & {q.id for q in held_out} for learnt, held_out in parts)
    assert all(len(learnt) + len(held_out) == 23 for learnt, held_out in parts)


def test_the_same_judgments_give_the_same_weights_and_none_give_none(seeds: Library) -> None:
    questions = read_questions(QUESTIONS)[30:54]
    assert learn_tuning(seeds, questions) == learn_tuning(seeds, questions) != Tuning()
    assert learn_tuning(seeds, []) == Tuning()


def test_a_confidence_that_is_always_wrong_is_lowered(seeds: Library) -> None:
    unsupported = [q.model_copy(update={"support": (), "answerable": False}) for q in read_questions(QUESTIONS)[30:54]]
    lowered = seeds.with_tuning(learn_tuning(seeds, unsupported))
    query = seeds.read(QUESTION)
    assert lowered.search(query, 3).confidence < seeds.search(query, 3).confidence / 2
    assert seeds.search(query, 3).confidence > 0.5


def result(number: int, rank: int | None, confidence: float = 0.5) -> QuestionResult:
    made = {"id": str(number), "question": "?", "answerable": True, "outcome": "answered", "confidence": confidence}
    return QuestionResult.model_validate({**made, "rank": rank})


def test_only_what_is_surely_better_counts_as_better() -> None:
    second, first = [result(n, 2) for n in range(40)], [result(n, 1) for n in range(40)]
    assert is_improved(gains(second, first))
    assert not is_improved(gains(first, second))
    assert not is_improved(gains(second, second))
    assert not is_improved(gains(second, [*first[:2], *second[2:]]))
    found = {gain.name: gain for gain in gains(second, first)}
    assert (found["hit@1"].before, found["hit@1"].after, found["hit@1"].low) == (0, 1, 1)
    assert (found["mrr@10"].before, found["mrr@10"].after) == (0.5, 1)


def test_what_is_better_in_one_and_surely_worse_in_another_is_not_better() -> None:
    before = [result(n, 2, 0.9) for n in range(40)]
    assert not is_improved(gains(before, [result(n, 1, 0.1) for n in range(40)]))


# --- the command


def judged(path: Path, *, answerable: bool) -> Path:
    """Questions, judged as they are, or as if nothing answered them."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    chosen = [json.loads(line) for line in (lines[48:72] if answerable else lines[30:54])]
    changed = [line if answerable else line | {"answerable": False, "support": []} for line in chosen]
    path.write_text("".join(json.dumps(line) + "\n" for line in changed), encoding="utf-8")
    return path


def test_weights_are_written_when_told_so_and_when_better_and_the_desk_goes_by_them(tmp_path: Path) -> None:
    questions = judged(tmp_path / "judged.jsonl", answerable=False)
    assert policydesk("ask", QUESTION).returncode == 0
    tuned = json.loads(policydesk("tune", "--questions", questions, "--write", "--json").stdout)
    assert (tuned["questions"], tuned["improved"], tuned["written"]) == (24, True, True)
    assert read_tuning(read_settings().weights).mark == tuned["mark"]
    assert [path.name for path in read_settings().weights.iterdir()] == [FILE]
    assert policydesk("ask", QUESTION).returncode == 1
    written = (read_settings().weights / FILE).stat()
    shown = policydesk("tune", "--questions", questions)  # measured against what is shipped, whatever was written
    assert shown.stdout.splitlines()[-1].endswith("Better; `--write` writes them.")
    assert (read_settings().weights / FILE).stat().st_mtime_ns == written.st_mtime_ns


def test_weights_that_are_not_surely_better_are_not_written(tmp_path: Path) -> None:
    ended = policydesk("tune", "--questions", judged(tmp_path / "judged.jsonl", answerable=True), "--write")
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[-1].endswith("Not surely better; not written.")
    assert not read_settings().weights.exists()


def test_a_few_judgments_are_too_few(asked: Desk, judge: Judge) -> None:
    assert asked
    judge(1, Ruling.RIGHT)
    ended = policydesk("tune")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("policydesk: There are 1 judged questions to learn from, and it takes 20: review")


def test_weights_that_cannot_be_written_are_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    questions = judged(tmp_path / "judged.jsonl", answerable=False)
    ended = policydesk("tune", "--questions", questions, "--write", POLICYDESK_WEIGHTS=str(tmp_path / "file"))
    assert ended.returncode == 2
    assert "set POLICYDESK_WEIGHTS to another folder" in ended.stderr
