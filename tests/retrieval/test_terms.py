"""Questions and passages are read by one tokenizer; a question is also read for what it asks."""

import re
import time
import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.acronym_lookup import AcronymLookup
from retrieval.index.segment import EMPTY
from retrieval.models import Kind, Query
from retrieval.query.asking.tongues import kind_of
from retrieval.query.expansion import Expander
from retrieval.query.question import read_question
from retrieval.query.short_forms import spell_out
from retrieval.text.answer_shapes import WordShape
from retrieval.text.spellings import Spellings
from retrieval.text.term_dictionary import TermDictionary, TermVocabulary
from retrieval.text.terms import _LINKED, _WORD, TOKEN, read_words, terms, words
from retrieval.text.token_arrays import token_arrays

NO_WORDS = TermVocabulary(TermDictionary.of([]), np.zeros(0, dtype=np.int64))
NO_ACRONYMS = AcronymLookup(EMPTY.pairs, TermDictionary.of([]), EMPTY.pairs, EMPTY.pairs)


def read(text: str) -> Query:
    """A question as read by a library that is written in Latin script and holds no word."""
    return read_question(text, frozenset({"LATIN"}), Expander(NO_WORDS, Spellings(NO_WORDS), NO_ACRONYMS))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("countries", "country"),
        ("signed", "signing"),
        ("Japan's", "Japan"),
        ("Japan’s", "japan"),
        ("JAPAN", "Japan"),
        ("ASEAN's", "ASEAN"),
        ("Phạm Minh Chính", "Pham Minh Chinh"),
        ("Đà Nẵng", "da nang"),
        ("café", "cafe"),
        ("Straße", "strasse"),
        ("ＯＳＡ", "OSA"),
        ("1,500", "1500"),
        ("2,000,000", "2000000"),
        ("U.N.", "UN"),
        ("U.K.", "UK"),
        ("U.S.", "USA"),
        ("U.S.", "US"),
        ("the US's", "the USA"),
        ("24%", "24"),
    ],
)
def test_words_written_differently_are_the_same_term(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(("one", "other"), [("1.5", "15"), ("1.5", "1 5"), ("2023", "2024"), ("Fiji", "Fijian")])
def test_words_that_mean_something_else_are_different_terms(one: str, other: str) -> None:
    assert terms(one) != terms(other)


@pytest.mark.parametrize("text", ["Phạm Minh Chính", "Đặng", "İstanbul", "naïve", "한국", "ﬁnance"])
def test_a_text_and_its_decomposed_form_have_the_same_terms(text: str) -> None:
    assert terms(unicodedata.normalize("NFD", text)) == terms(text)


def test_us_the_country_is_told_from_us_the_pronoun() -> None:
    assert terms("The US told us, and the U.S. told us.") == ["usa", "tell", "usa", "tell"]


def test_who_the_organization_is_told_from_who_the_question_word() -> None:
    assert terms("The WHO said who it was: WHO’s report") == ["who", "say", "who", "report"]


def test_may_the_month_is_told_from_may_the_auxiliary() -> None:
    assert terms("In May 2023 they may meet") == ["may", "2023", "meet"]
    assert terms("May they meet?") == ["meet"]


def test_in_a_text_all_in_capitals_capitals_make_no_names() -> None:
    assert terms("WHO MAY SIGN IT") == ["sign"]
    assert terms("US, JAPAN SIGN PACT") == ["usa", "japan", "sign", "pact"]


def test_words_that_only_make_a_question_carry_no_meaning() -> None:
    assert terms("Who, whom, whose, what, which, when, where, why and how? Please tell me about it!") == []


def test_chinese_and_japanese_words_are_read_as_characters_and_pairs_of_them() -> None:
    assert terms("日本とOSA") == ["日", "日本", "本", "osa"]
    assert terms("海") == ["海"]


@pytest.mark.parametrize("text", ["", " ", "?!", "🙂", "…—“”", "\u0301", "_"])
def test_a_text_without_words_has_no_terms(text: str) -> None:
    assert terms(text) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Japan’s 1,500 ships", ["Japan’s", "1,500", "ships"]),
        ("the U.S.-Japan pact", ["U.S.", "Japan", "pact"]),
        ("Pha\u0323m said", ["Pha\u0323m", "said"]),
        ("日本と", ["日", "日本", "本"]),
    ],
)
def test_a_word_knows_where_it_is_written(text: str, written: list[str]) -> None:
    assert [text[word.start : word.end] for word in words(text)] == written


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("aAéeE\u0301.,'’ 015UuSsMayWHO日本ナ_-"))
def test_whatever_the_text_words_are_slices_in_order_and_read_alone_they_are_words_too(text: str) -> None:
    found = words(text)
    assert all(0 <= word.start < word.end <= len(text) and word.term for word in found)
    assert all(before.start <= after.start for before, after in pairwise(found))
    assert all(not text[word.start : word.end].isspace() for word in found)


@given(st.text())
def test_a_question_has_the_terms_of_the_passage_with_the_same_words(text: str) -> None:
    spelt_out = set(terms(spell_out(text)))
    assert set(read(text).terms) <= spelt_out
    assert bool(read(text).terms) == bool(spelt_out)


KINDS = {
    Kind.WHO: (
        "Who signed the deal?",
        "who signed it",
        "Whom did Kishida meet?",
        "Whose visit was it?",
        "By whom was it signed?",
        "Which president visited Hanoi?",
        "Could you tell me who signed?",
        "WHO SIGNED IT?",
        "Who signed when Kishi visited?",
    ),
    Kind.WHEN: (
        "When was the deal signed?",
        "WHEN WAS IT SIGNED",
        "What year did they establish relations?",
        "On what date did Ishiba visit Hanoi?",
        "How long ago was it signed?",
        "In which month did the ship call?",
        "Since when has OSA existed?",
    ),
    Kind.WHERE: (
        "Where was the deal signed?",
        "In which city did they meet?",
        "Which port did the Izumo visit?",
        "Which country became the sixth partner?",
    ),
    Kind.HOW_MANY: (
        "How many countries received OSA?",
        "How much did Japan pay?",
        "What percentage of trade is with China?",
        "What share of Hanoi's trade is with China?",
        "What is the total budget of OSA?",
        "What's the budget?",
        "How long did the talks last?",
        "How often do they meet?",
    ),
    Kind.WHAT: (
        "What happened when Kishida met Thuong?",
        "Which agreement was signed?",
        "Tell me about OSA",
        "OSA?",
    ),
    Kind.DEFINITION: ("What is OSA?", "Explain the OSA framework", "What does OSA stand for?", "define osa"),
    Kind.POSITION: (
        "What did Xi say when he met Thuong?",
        "What did Ishiba, who visited Hanoi, say?",
        "What is Vietnam's position on the South China Sea?",
        "japan on the code of conduct",
    ),
    Kind.ROLE: ("Who's the foreign minister?", "name of the prime minister", "prime minister of japan now"),
    Kind.COMPARISON: ("Compare Kishida and Ishiba on OSA", "How did OSA change?", "OSA versus ODA"),
    Kind.HOW: ("How does OSA work?", "how did japan pay"),
    Kind.WHY: (
        "Why did Vietnam sign?",
        "What is the purpose of OSA?",
        "What was the reason for the visit?",
        "How come Vietnam joined?",
    ),
    Kind.LIST: (
        "Which countries received OSA?",
        "To which countries did Japan give OSA?",
        "List the recipients of OSA",
        "Please list the recipients",
        "Can you list the four recipients?",
        "Name the four recipients",
        "Who are the recipients?",
        "What are the areas of cooperation?",
    ),
    Kind.YES_NO: (
        "Is Vietnam a one-party state?",
        "Did Japan sell ships to Vietnam?",
        "Isn't Japan an ally?",
        "Will Japan export arms?",
        "Was it signed when Kishi visited?",
        "Has any country that received OSA left?",
    ),
    Kind.KEYWORDS: (
        "Japan Vietnam OSA",
        "Cam Ranh port call",
        "two-plus-two",
        "WHO report on Vietnam",
        "",
        "2023",
    ),
}


@pytest.mark.parametrize(("kind", "question"), [(kind, question) for kind in KINDS for question in KINDS[kind]])
def test_a_question_is_read_for_what_it_asks(kind: Kind, question: str) -> None:
    assert kind_of(question) is kind


def test_every_kind_of_question_is_told() -> None:
    told_by_themselves = {Kind.TIMELINE, Kind.SIDE_BY_SIDE, Kind.BRIEF}  # by the packages of the same names
    assert set(KINDS) == set(Kind) - told_by_themselves


def test_a_question_in_a_script_of_no_article_is_foreign_and_a_mixed_one_is_not() -> None:
    assert read("Когда подписали?").foreign
    assert not read("OSA とは").foreign
    assert not read("2023?").foreign


@given(st.text("aBz.'’ʼ_19,é\u0301日本 -SUu", max_size=14))
def test_the_short_way_to_plain_words_finds_the_same_words(text: str) -> None:
    long_way = re.compile(f"{_LINKED.pattern}|{_WORD.pattern}")
    assert [m.span() for m in TOKEN.finditer(text)] == [m.span() for m in long_way.finditer(text)]


# --- the words of articles


WRITTEN = st.sampled_from(
    "May may May's WHO who US the The THE U.S. Japan's Tokyo in near osa 1,500 e\u0301té Đà a — (".split()
    + "日本の首相 が 東".split()
)


@given(st.lists(st.lists(WRITTEN, max_size=9).map(" ".join), max_size=5))
def test_the_passages_of_an_article_are_read_as_questions_are(texts: list[str]) -> None:
    article = token_arrays(texts)
    read = [read_words(text) for text in texts]
    assert [list(found) for found in article.terms.texts()] == [[word.term for word in each.telling] for each in read]
    assert [list(found) for found in article.written.texts()] == [[w.lower() for w in each.written] for each in read]
    assert article.capital.tolist() == [word[0].isupper() for each in read for word in each.written]
    assert len(article.shapes) == len(article.terms.numbers)
    assert set(article.terms.words) == {word.term for each in read for word in each.telling}


def test_a_word_is_shaped_by_what_it_is_and_where_it_stands() -> None:
    words = token_arrays(["Talks near the Kasumi of 2023 with Bob", "Near Kasumi, May 日本", ""])
    shapes = dict(zip(next(words.terms.texts()), words.shapes.tolist(), strict=False))
    assert shapes["kasumi"] == WordShape.NAME | WordShape.PLACE
    assert shapes["bob"] == WordShape.NAME
    assert shapes["talk"] == 0
    assert WordShape.DATE & shapes["2023"]
    assert words.shapes.tolist()[6] == WordShape.NAME | WordShape.PLACE
    assert words.terms.lengths.tolist() == [5, 6, 0]


@pytest.mark.parametrize("letters", ["漢か", "ア漢", "aか", "1漢"])
def test_a_text_of_several_scripts_without_a_space_is_read_in_one_go(letters: str) -> None:
    """At every change of script all that followed was read to its end, for an apostrophe that might stand there."""
    began = time.process_time()
    assert sum(1 for _ in TOKEN.finditer(letters * 10_000)) == 20_000
    assert time.process_time() - began < 1.0
