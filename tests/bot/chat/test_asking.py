"""A question is answered with verbatim, cited sentences, or not at all."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import open_desk
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.settings import SEEDS, read_settings
from prompts.composition.compose import QUESTION_CHARS
from prompts.markup import units
from prompts.models import Channel, Reason
from retrieval.library import Library
from retrieval.models import Kind
from storage.database.connection import DeskDatabase
from storage.record.exchanges import ExchangeLog
from tests.support.desk import CLI, JUDGMENTS
from tests.support.osa import ANSWERED, ARTICLE, LINE, QUESTION

TEXTS = {path.name: path.read_bytes().decode() for path in SEEDS.glob("*.txt")}


def test_the_sentence_that_names_the_first_recipients_is_quoted_first(desk: Desk) -> None:
    first = desk.ask(QUESTION, CLI).answer.citations[0]
    assert (first.file, first.line) == (ARTICLE, LINE)
    assert ANSWERED in first.quote


def test_every_quote_is_a_slice_of_its_file(desk: Desk) -> None:
    lines = (JUDGMENTS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    citations = [citation for question in questions for citation in desk.ask(question, CLI).answer.citations]
    assert citations
    assert all(TEXTS[c.file][c.start : c.end] == c.quote for c in citations)
    assert all(TEXTS[c.file].count("\n", 0, c.start) + 1 == c.line for c in citations)


def test_a_question_that_nothing_answers_is_refused_with_the_closest_passages(desk: Desk) -> None:
    exchange = desk.ask("What did Vietnam pay for Norwegian salmon licences?", CLI)
    assert exchange.answer.outcome == "abstained"
    line, _, closest = exchange.reply.partition("\n\nClosest passages:\n")
    assert line.startswith("Nothing in the articles answers this: nothing on")
    assert 1 <= len(exchange.answer.citations) <= 3
    assert all(f"“{citation.shown}”" in closest for citation in exchange.answer.citations)


@pytest.mark.parametrize(
    ("word", "is_told"),
    [
        ("Norwegian", True),
        ("salmon", True),
        ("once", False),
        ("strengthening", False),
        ("pacts", False),
        ("Hanoi’s", False),
    ],
)
def test_nothing_is_said_to_be_on_a_word_only_where_no_article_holds_it(desk: Desk, word: str, is_told: bool) -> None:
    """The first hits may lack a word that the articles hold in some form."""
    reply = desk.ask(f"How many zebras paid krone for {word} licences in Patagonia?", CLI).reply
    assert (word in reply.partition("\n")[0]) is is_told


def test_words_that_no_article_holds_offer_no_title_at_all(desk: Desk) -> None:
    exchange = desk.ask("zebra xylophone quiz?", CLI)
    assert exchange.reply == "Nothing in the articles answers this: nothing on zebra, xylophone, quiz."


def test_a_name_of_two_words_that_no_article_holds_is_told_as_one(desk: Desk) -> None:
    assert "nothing on Da Nang." in desk.ask("Did the Izumo call at Da Nang?", CLI).reply


def test_nearly_the_same_sentence_is_quoted_once_and_its_other_places_are_named(folder: Callable[..., Path]) -> None:
    said = "Japan handed over six patrol vessels to the Vietnamese coast guard in Danang."
    again = "Six patrol vessels were handed over by Japan to Vietnam’s coast guard in Danang."
    root = folder(a=f"Vessels for Vietnam\n\n{said}\n", b=f"Patrols\n\n{again}\n", c="Six patrol vessels in Danang\n")
    desk = open_desk(read_settings(), Library.open(root), None)
    exchange = desk.ask("How many patrol vessels did Japan hand over?", CLI)
    assert exchange.answer.agreeing == ((1, 2),)
    first, second = exchange.answer.citations[:2]
    assert "(also in [2])" in exchange.reply
    assert f"{second.file}:{second.line}" in exchange.reply
    assert second.quote not in exchange.reply
    assert {first.quote, second.quote} == {said, again}


def test_an_article_that_repeats_itself_is_quoted_once(desk: Desk) -> None:
    """Its summary says in the same words what it says above; that is no second place."""
    answer = desk.ask("What does the Official Security Assistance program aim to help nations strengthen?", CLI).answer
    quotes = [citation.quote for citation in answer.citations]
    assert sum("Official Security Assistance program aims to help" in quote for quote in quotes) == 1
    assert not answer.agreeing


def test_at_most_three_different_quotes_are_given_unless_more_are_asked_for(desk: Desk) -> None:
    question = "Japan Vietnam defense equipment security cooperation"
    assert desk.ask(question, CLI).reply.count("“") >= 3
    few, many = (desk.ask(question, CLI, quotes=n).answer for n in (1, 6))
    repeats = sum(len(group) - 1 for group in few.agreeing)
    assert len(few.citations) - repeats == 1
    assert len(many.citations) > len(few.citations)


def test_a_yes_or_no_question_is_answered_with_quotes_never_with_yes(desk: Desk) -> None:
    reply = desk.ask("Does Vietnam have territorial disputes with China?", CLI).reply
    assert reply.startswith("In the words of the articles:\n\n“Vietnam has territorial disputes")


@pytest.mark.parametrize(
    "question", ["Is OSA new?", "Did Japan's defence minister visit Hanoi?", "Has Vietnam received OSA?"]
)
def test_no_answer_says_yes_or_no_outside_a_quote(desk: Desk, question: str) -> None:
    reply = desk.ask(question, CLI).reply
    assert not re.search(r"\b(?:yes|no)\b", re.sub("“[^”]*”", "", reply), re.IGNORECASE)


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("---\ndate: 2023-11-29\n---\n", "The articles give no date for this. The first report is of 2023-11-29:\n\n“"),
        ("", "The articles give no date for this, nor do they say when they were published:\n\n“"),
    ],
)
def test_when_that_was_is_not_answered_by_the_same_sentence_without_a_date(
    folder: Callable[..., Path], database: DeskDatabase, front: str, told: str
) -> None:
    text = f"{front}Ports accord\n\nMinister Taro Mori signed the ports accord with Hanoi.\n"
    desk = open_desk(read_settings(), Library.open(folder(a=text)), database)
    first = desk.ask("Who signed the ports accord?", CLI)
    second = desk.ask("When was that?", CLI, earlier=desk.thread(first))
    assert told in second.reply


def test_when_that_was_is_answered_by_the_date_where_one_is_given(desk: Desk) -> None:
    first = desk.ask("Which ship docked at the port of Cam Ranh?", CLI)
    assert "give no date" not in desk.ask("When was that?", CLI, earlier=desk.thread(first)).reply


def shipments(folder: Callable[..., Path], articles: int, each: int) -> Desk:
    """A desk over articles that each name a few countries which received ships, every one in a sentence of its own."""
    names = iter("Fiji Tonga Samoa Nauru Palau Kenya Ghana Togo Benin Chad Mali Niger Peru Chile Cuba Haiti".split())
    told = "Of the countries that received patrol ships, {0} keeps them at {0}ville.".format
    texts = {f"a{n}": f"Ships {n}\n\n" + " ".join(told(next(names)) for _ in range(each)) for n in range(articles)}
    return open_desk(read_settings(), Library.open(folder(**texts)), None)


def test_a_list_is_gathered_from_up_to_five_articles_the_best_of_each_first(folder: Callable[..., Path]) -> None:
    answer = shipments(folder, articles=4, each=3).answer_with_findings("Which countries received patrol ships?").answer
    assert (answer.kind, answer.tentative) == (Kind.LIST, False)
    assert len(answer.citations) == 5
    assert len({citation.file for citation in answer.citations[:4]}) == 4


def test_other_questions_and_lists_of_a_wanted_length_get_no_more_quotes(folder: Callable[..., Path]) -> None:
    desk = shipments(folder, articles=4, each=3)
    assert len(desk.ask("Who received patrol ships?", CLI).answer.citations) == 3
    assert len(desk.ask("Which countries received patrol ships?", CLI, quotes=2).answer.citations) == 2


@pytest.mark.parametrize(("sure", "tentative"), [("0.5", False), ("0.99", True)])
def test_from_which_confidence_on_quotes_are_the_answer_is_a_setting(
    seeds: Library, monkeypatch: pytest.MonkeyPatch, sure: str, tentative: bool
) -> None:
    monkeypatch.setenv("POLICYDESK_SURE", sure)
    answer = open_desk(read_settings(), seeds, None).ask(QUESTION, CLI).answer
    assert (answer.outcome, answer.tentative) == ("answered", tentative)


@pytest.mark.parametrize("question", ["", "   ", "?!", "🙂", "the of and"])
def test_a_question_without_words_is_told_what_works(desk: Desk, question: str) -> None:
    exchange = desk.ask(question, CLI)
    assert exchange.answer.reason is Reason.EMPTY
    assert exchange.reply.startswith("I read questions in words")


def test_a_question_of_twenty_thousand_characters_is_told_its_length_and_logged_whole(
    desk: Desk, log: ExchangeLog
) -> None:
    question = "Who signed it? " * 1_334
    exchange = desk.ask(question, CLI)
    assert exchange.answer.reason is Reason.TOO_LONG
    assert "20,010 characters" in exchange.reply
    assert log.history()[0].question == question


def test_the_longest_question_allowed_is_still_answered(desk: Desk) -> None:
    question = "OSA recipients Fiji Bangladesh? ".ljust(QUESTION_CHARS, "?")
    assert desk.ask(question, CLI).answer.outcome == "answered"


@pytest.mark.parametrize("question", ["일본과 베트남의 합의는?", "Когда подписали соглашение?", "متى وقع الاتفاق؟"])
def test_a_question_in_a_script_no_article_uses_is_told_so(desk: Desk, question: str) -> None:
    exchange = desk.ask(question, CLI)
    assert exchange.answer.reason is Reason.FOREIGN
    assert "script" in exchange.reply


def test_a_question_that_cannot_be_encoded_is_answered_and_logged_all_the_same(desk: Desk, log: ExchangeLog) -> None:
    exchange = desk.ask("OSA recipients \udcff Fiji", CLI)
    assert exchange.answer.outcome == "answered"
    assert log.history()[0].question == "OSA recipients ? Fiji"


def test_an_exchange_is_on_record_when_the_answer_comes_back(desk: Desk, log: ExchangeLog) -> None:
    asker = Asker(channel=Channel.TELEGRAM, chat_id=-100, user_id=7, message_id=3, update_id=9)
    exchange = desk.ask(QUESTION, asker)
    logged = log.history()[0]
    assert (logged.id, logged.reply, logged.library) == (exchange.id, exchange.reply, desk.library.hash)
    assert (logged.channel, logged.chat_id, logged.user_id, logged.message_id, logged.update_id) == (
        Channel.TELEGRAM,
        -100,
        7,
        3,
        9,
    )
    assert [c.quote for c in logged.citations] == [c.quote for c in exchange.answer.citations]


def test_the_same_question_gets_the_same_answer(desk: Desk) -> None:
    one, other = desk.ask(QUESTION, CLI), desk.ask(QUESTION, CLI)
    assert one.answer == other.answer
    assert one.reply == other.reply


@given(question=st.text(max_size=300))
def test_whatever_is_asked_the_answer_is_cited_logged_and_fits_a_message(desk: Desk, question: str) -> None:
    exchange = desk.ask(question, Asker(channel=Channel.TELEGRAM, chat_id=1))
    assert exchange.id is not None
    assert exchange.reply
    assert units(exchange.reply) <= 4096
    assert exchange.answer.citations or exchange.answer.outcome == "abstained"


@pytest.mark.parametrize("keywords", ["OSA", "OSA Vietnam", "Cam Ranh"])
def test_keywords_that_are_all_found_are_looked_up(desk: Desk, keywords: str) -> None:
    answer = desk.ask(keywords, CLI).answer
    assert answer.outcome == "answered"
    assert all(word in answer.citations[0].quote.replace("\xa0", " ") for word in keywords.split())
