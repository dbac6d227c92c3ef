"""`policydesk compare`: quotes of two sides beside each other, as text, Markdown, a page or JSON, on record as any."""

import json
from pathlib import Path

from prompts.models import Answer
from storage.record.exchanges import ExchangeLog
from tests.support.desk import policydesk, write

SIDES = "Kishida and Ishiba on OSA"


def asked(*options: str) -> Answer:
    return Answer.model_validate_json(policydesk("compare", *options, "--format", "json").stdout)


def test_each_side_has_its_heading_and_the_difference_comes_first(log: ExchangeLog) -> None:
    ended = policydesk("compare", SIDES)
    assert (ended.returncode, ended.stderr) == (0, "")
    kishida, ishiba = ended.stdout.split("\nIshiba:\n")
    assert kishida.startswith("Side by side, differences first:\n\nKishida:\n“Japan’s OSA program")
    assert "\n  the Philippines, Malaysia, Bangladesh and Fiji · [1] " in kishida
    assert ishiba.startswith("“This could make Vietnam the fourth recipient")
    assert "; the article names Ishiba; compare [1]\n" in ishiba
    (logged,) = log.history()
    assert (logged.question, logged.kind, logged.reply + "\n") == (f"Compare {SIDES}", "side by side", ended.stdout)
    assert len(logged.citations) == ended.stdout.count("“") - ended.stdout.count("; “")


def test_a_comparison_on_record_is_verified_and_replayed() -> None:
    assert policydesk("ask", f"Compare {SIDES}").returncode == 0
    verified = json.loads(policydesk("verify", "--all", "--json").stdout)
    assert verified["counts"]["unchanged"] == sum(verified["counts"].values()) > 2
    assert policydesk("replay", "--all").returncode == 0


def test_json_has_the_sides_and_the_words_that_differ() -> None:
    answer = asked(SIDES)
    assert [(column.label, bool(column.numbers)) for column in answer.columns] == [("Kishida", True), ("Ishiba", True)]
    first = answer.aspects[0]
    assert (first.kind, first.differs) == ("list", True)
    quotes = {citation.number: citation.quote for citation in answer.citations}
    assert all(words in quotes[number] for number, words in zip(first.numbers, first.words, strict=True))
    assert {number for column in answer.columns for number in column.numbers} <= quotes.keys()


def test_a_side_without_a_word_is_said_to_have_none() -> None:
    ended = policydesk("compare", "2021 and 2023 on OSA")
    assert ended.returncode == 0
    assert "\n2021:\nNothing from 2021 on this.\n" in ended.stdout
    assert [bool(column.numbers) for column in asked("2021 and 2023 on OSA").columns] == [False, True]


def test_since_and_until_leave_out_other_articles() -> None:
    answer = asked(SIDES, "--since", "2023-11", "--until", "2023")
    assert answer.question == f"Compare {SIDES} after:2023-11-01 before:2024-01-01"
    assert {citation.file for citation in answer.citations} == {"001_dd85be5707bc16ac.txt"}


def test_k_is_the_most_quotes_of_a_side() -> None:
    assert [len(column.numbers) for column in asked(SIDES, "-k", "1").columns] == [1, 1]


def test_the_example_of_the_page_on_using_the_desk_is_as_shown() -> None:
    page = (Path(__file__).parents[3] / "docs" / "using.md").read_text(encoding="utf-8")
    assert f"`policydesk compare {SIDES} -k 1`" in page
    assert f"```text\n{policydesk('compare', SIDES, '-k', '1').stdout}```\n" in page


def test_markdown_and_page_are_documents_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "osa.md"
    assert policydesk("compare", SIDES, "--format", "md", "--output", file).returncode == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"# Compare {SIDES}\n")
    assert text.index("\n## Kishida\n") < text.index("\n## Ishiba\n")
    assert "; compare [4]: differs\n" in text
    page = policydesk("compare", SIDES, "--format", "html").stdout
    assert page.count("<section>") == 2
    assert 'Compare <a href="#q4">[4]</a>: they differ in a list' in page


def test_sides_that_cannot_be_told_apart_are_answered_as_any_question(tmp_path: Path) -> None:
    ended = policydesk("compare", "apples and oranges", "--format", "md")
    assert (ended.returncode, ended.stdout.startswith("Nothing in the articles answers this")) == (1, True)
    write(tmp_path / "a", "Trade\n\nNorway and Chile signed a treaty on rice in March.\n")
    ordinary = policydesk("compare", "Norway and Chile on rice", "--articles", tmp_path)
    assert ordinary.returncode == 0
    assert "Side by side" not in ordinary.stdout
    assert "“Norway and Chile signed a treaty on rice in March.”" in ordinary.stdout


def test_sides_in_other_languages_are_read_in_the_words_of_the_articles() -> None:
    for question in ("OSAについて岸田と石破を比較してください", "So sánh Kishida và Ishiba về OSA"):
        ended = policydesk("ask", question)
        assert "the Philippines, Malaysia, Bangladesh and Fiji · " in ended.stdout
        assert "the Philippines, Malaysia, and Indonesia · " in ended.stdout


def test_what_an_article_says_is_no_markup_of_the_page(tmp_path: Path) -> None:
    write(tmp_path / "a", "<b>Rice</b>\n\nNorway ships <script>alert(1)</script> rice.\n\nChile ships no rice.\n")
    page = policydesk("compare", "Norway and Chile on rice", "--articles", tmp_path, "--format", "html").stdout
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
