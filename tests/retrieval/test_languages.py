"""A question in a language that no article is in is told so; names, titles and keywords are no language."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import open_desk
from bot.desk.desk import Desk
from bot.settings import Settings
from prompts.models import Reason
from retrieval.evaluation.judged_questions import read_questions
from retrieval.library import Library
from retrieval.text.languages import language_of
from tests.support.desk import CLI, JUDGMENTS, policydesk

QUESTIONS: dict[str, list[str]] = json.loads((JUDGMENTS / "languages.json").read_text(encoding="utf-8"))
SPANISH = (
    "El ministro viaja a Lima\n\nEl ministro de Defensa de Chile viajó a Lima para firmar el acuerdo que los dos"
    " países habían negociado. La visita es la primera desde que se abrió la base, y no será la última, según dijo."
)
INDONESIAN = (
    "Menteri ke Hanoi\n\nMenteri pertahanan berangkat ke Hanoi untuk menandatangani perjanjian yang telah dirundingkan"
    " oleh kedua negara. Kunjungan itu adalah yang pertama dan tidak akan menjadi yang terakhir, kata juru bicara.\n"
)
ENGLISH = "The minister in Oslo\n\nThe minister of defence was in Oslo to sign the pact that they had made this year.\n"


def test_at_least_nineteen_of_twenty_questions_in_eighteen_languages_are_told_so(seeds: Library) -> None:
    """All but Vietnamese, of which the glossary helps to find the sentences in English."""
    asked = [q for language, questions in QUESTIONS.items() for q in questions if language != "Vietnamese"]
    assert len(QUESTIONS) == 18
    assert all(len(questions) == 5 for questions in QUESTIONS.values())
    assert sum(seeds.read(question).foreign for question in asked) >= 0.95 * len(asked)


def test_questions_that_the_glossary_helps_with_are_none_of_them(seeds: Library) -> None:
    queries = [seeds.read(question) for question in QUESTIONS["Vietnamese"]]
    assert [[reading.read_in for reading in query.readings] for query in queries if not query.foreign] == 5 * [["en"]]


def test_the_reply_is_short_and_there_is_no_search(desk: Desk) -> None:
    exchange = desk.ask("¿Qué acuerdo firmaron Kishida y Vo Van Thuong en Tokio?", CLI)
    assert (exchange.answer.reason, exchange.answer.citations) == (Reason.FOREIGN, ())
    assert exchange.reply.startswith("None of the articles is in this language or script.")
    assert desk.answer_with_findings("¿Qué acuerdo firmaron Kishida y Vo Van Thuong en Tokio?").answer.citations == ()


@pytest.mark.parametrize(
    "question",
    [
        "Nguyen Phu Trong Kishida OSA?",
        "ho chi minh",
        "HO CHI MINH TRAIL",
        "Phạm Minh Chính",
        "Who is Phạm Minh Chính?",
        "OSA",
        "OSA Fiji",
        "los angeles el paso",
        "hanoi da nang ferry",
        "El laberinto del fauno director",
        "Who wrote Cien años de soledad?",
        "What is 'La vita è bella' about?",
        "What did Der Spiegel and Le Monde say?",
        "Sein und Zeit",
        "Universidad de los Andes",
        "Kim Jong Un",
        "per capita gdp vietnam",
        "de facto capital",
        "2023?",
        "🙂",
        "",
    ],
)
def test_names_keywords_and_foreign_titles_are_no_foreign_language(seeds: Library, question: str) -> None:
    assert not seeds.read(question).foreign


def test_no_judged_question_in_english_is_taken_for_another_language(seeds: Library) -> None:
    questions = read_questions(JUDGMENTS / "questions.jsonl")
    assert [q.question for q in questions if seeds.read(q.question).foreign] == []


def test_articles_in_a_language_make_questions_in_it_ordinary_ones(folder: Callable[..., Path]) -> None:
    library = Library.open(folder(a=SPANISH, b=ENGLISH))
    assert not library.read("¿Quién es el ministro que viajó a Lima?").foreign
    assert not library.read("Who was in Oslo?").foreign
    assert library.read("Wer ist der Minister?").language == "de"
    assert "viajó a Lima" in library.search(library.read("¿Quién viajó a Lima?"), 1).hits[0].passage.text


def test_english_is_a_foreign_language_where_no_article_is_in_it(folder: Callable[..., Path]) -> None:
    library = Library.open(folder(a=INDONESIAN))
    assert library.read("Who was the minister that went to Hanoi?").language == "en"
    assert not library.read("Siapa menteri yang berangkat ke Hanoi?").foreign


def test_articles_of_too_few_words_to_tell_leave_every_language_alone(folder: Callable[..., Path]) -> None:
    assert not Library.open(folder(a="Pacto Lima 2023")).read("¿Qué es el pacto de Lima?").foreign


CHINESE = (
    "中日关系\n\n中国外交部发言人表示，中国和日本的关系取得了进展。两国同意通过 ASEAN 和 APEC 扩大贸易合作。"
    "2023年中国国防预算为1.55万亿元。\n"
)
VIETNAMESE = "Hợp tác\n\nHai nước ký hiệp định năm 2023.\n"


@pytest.mark.parametrize(
    ("text", "question", "quote"),
    [
        (CHINESE, "中国国防预算是多少？", "中国国防预算为"),
        (CHINESE, "中国和日本的关系", "中国和日本的关系"),
        (VIETNAMESE, "Hai nước ký hiệp định năm nào?", "Hai nước ký hiệp định"),
    ],
)
def test_a_question_in_the_words_of_articles_whose_language_is_not_told_finds_them(
    folder: Callable[..., Path], text: str, question: str, quote: str
) -> None:
    library = Library.open(folder(a=text))
    assert any(quote in hit.passage.text for hit in library.search(library.read(question), 3).hits)


def test_a_quote_in_chinese_is_not_said_to_be_in_japanese(folder: Callable[..., Path], settings: Settings) -> None:
    answer = open_desk(settings, Library.open(folder(a=CHINESE)), None).answer_with_findings("ASEAN").answer
    assert [citation.language for citation in answer.citations] == [None]


@pytest.mark.parametrize(
    ("text", "language"), [(SPANISH, "es"), (ENGLISH, "en"), ("", None), ("Tokyo Osaka Kyoto", None)]
)
def test_a_text_tells_its_language_by_its_common_words(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_the_language_is_explained() -> None:
    assert "by its commonest words: de" in policydesk("ask", "Wer ist Kishida?", "--explain").stdout
