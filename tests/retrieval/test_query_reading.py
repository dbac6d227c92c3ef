"""How a question is read: what may stand for its words, and what is no question at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import open_desk
from bot.desk.desk import Desk
from bot.settings import Settings
from prompts.models import Reason
from retrieval.library import Library
from retrieval.models import Expansion, SmallTalk
from tests.support.desk import CLI
from tests.support.osa import QUESTION


def read(library: Library, question: str, why: str) -> dict[str, list[tuple[str, ...]]]:
    """For each term of a question, what may stand for it for one reason."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for expansion in library.read(question).expansions:
        if expansion.why == why:
            found.setdefault(expansion.term, []).append(expansion.terms)
    return found


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [("Bangladseh", "bangladesh"), ("Phillipines", "philippin"), ("equipmnt", "equip"), ("Kihsi", "kishi")],
)
def test_a_misspelt_word_is_read_as_the_nearest_of_the_library(seeds: Library, misspelt: str, meant: str) -> None:
    found = read(seeds, f"What about {misspelt}?", "spelling")
    assert [terms for (terms,) in found.values()] == [(meant,)]


def test_a_word_that_the_library_holds_is_never_corrected(seeds: Library) -> None:
    assert read(seeds, "Which ships visited Vietnam?", "spelling") == {}


def test_an_acronym_is_read_as_what_the_articles_say_it_stands_for(seeds: Library) -> None:
    assert read(seeds, "Who gets OSA?", "acronym") == {"osa": [("offici", "secur", "assist")]}


def test_an_acronym_that_is_never_defined_is_found_by_its_initials(seeds: Library) -> None:
    assert ("self", "defens", "forc") in read(seeds, "What does the SDF do?", "acronym")["sdf"]


def test_what_an_acronym_stands_for_is_read_as_the_acronym_too(seeds: Library) -> None:
    found = read(seeds, "Who gets Official Security Assistance?", "acronym")
    assert found == {"offici": [("osa",)], "secur": [("osa",)], "assist": [("osa",)]}


def test_an_acronym_may_be_told_in_quotation_marks_and_after_a_company(folder: Callable[..., Path]) -> None:
    library = Library.open(folder(**{"a.txt": "Internet Research Agency LLC (“IRA”) meddled. IRA is Russian."}))
    found = read(library, "What is the Internet Research Agency?", "acronym")
    assert found == {"internet": [("ira",)], "research": [("ira",)], "agenc": [("ira",)]}


def test_an_acronym_is_one_in_small_letters_too(seeds: Library) -> None:
    assert read(seeds, "whats osa", "acronym") == {"osa": [("offici", "secur", "assist")]}
    assert read(seeds, "who met in hanoi", "acronym") == {}


def test_a_capital_stands_for_its_country_and_people(seeds: Library) -> None:
    assert {("vietnam",), ("vietnames",)} <= set(read(seeds, "What does Hanoi want?", "place")["hanoi"])


def test_british_and_american_spelling_find_each_other(seeds: Library) -> None:
    assert ("defens",) in read(seeds, "defence equipment", "variant")["defenc"]


def test_expansions_only_name_terms_that_the_library_holds(seeds: Library) -> None:
    held = {term for passage in seeds.passages for term in seeds.read(passage.text).terms}
    expansions = seeds.read("Which countries in Asia got OSA programme defence ships from Tokyo?").expansions
    assert expansions
    assert all(term in held for expansion in expansions for term in expansion.terms)


def test_a_term_is_never_an_expansion_of_itself(seeds: Library) -> None:
    expansions: tuple[Expansion, ...] = seeds.read("Japanese defense equipment transfer agreements").expansions
    assert all(expansion.terms != (expansion.term,) for expansion in expansions)


def test_words_that_only_ask_for_a_kind_of_answer_are_left_out(seeds: Library) -> None:
    assert seeds.read("What kind of equipment is known?").terms == ("equip",)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("hi", SmallTalk.GREETING),
        ("Good morning!", SmallTalk.GREETING),
        ("Hello there", SmallTalk.GREETING),
        ("thanks a lot", SmallTalk.THANKS),
        ("Thank you so much!", SmallTalk.THANKS),
        ("Who are you?", SmallTalk.ABOUT),
        ("what can you do?", SmallTalk.ABOUT),
        ("help", SmallTalk.ABOUT),
    ],
)
def test_greetings_thanks_and_words_about_the_bot_get_a_short_reply_and_no_search(
    desk: Desk, said: str, meant: SmallTalk
) -> None:
    answer = desk.ask(said, CLI).answer
    assert (answer.outcome, answer.reason, answer.chat, answer.citations) == ("chat", Reason.CHAT, meant, ())


@pytest.mark.parametrize(
    "question", ["Thanks to whom did Vietnam get ships?", "Who are you quoting on OSA?", "Great powers"]
)
def test_a_question_that_begins_like_a_greeting_is_a_question(seeds: Library, question: str) -> None:
    assert seeds.read(question).chat is None


def test_a_refusal_says_on_which_words_nothing_was_found(desk: Desk) -> None:
    reply = desk.ask("What is the exchange rate of the Norwegian krone?", CLI).reply
    assert reply.startswith("Nothing in the articles answers this: nothing on")
    assert "Norwegian, krone" in reply


def test_between_the_thresholds_quotes_are_given_as_the_closest_passages(settings: Settings, seeds: Library) -> None:
    exchange = open_desk(settings.model_copy(update={"sure": 1.0}), seeds, None).ask(QUESTION, CLI)
    assert exchange.answer.tentative
    assert exchange.reply.startswith("The closest passages, though they may not answer it:")


def test_every_hit_is_explained_by_its_figures(desk: Desk) -> None:
    explanation = desk.explain(QUESTION)
    assert [entry.hit for entry in explanation.hits] == list(explanation.findings.hits)
    first = {part.name: part.value for part in explanation.hits[0].parts}
    assert first["coverage"] > 0
    assert {part.name for part in explanation.confidence} >= {"background_coverage", "best_coverage"}
