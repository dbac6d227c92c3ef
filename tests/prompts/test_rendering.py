"""An answer is put into words that fit the channel; nothing an article or a question holds becomes markup."""

import datetime as dt
import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.emulator.text.html_parser import parse_text
from prompts.citations import numbered_as_shown
from prompts.errors import TemplatesError
from prompts.markup import MESSAGE_UNITS, as_seen, clean, fitted, nested_quotes, units
from prompts.models import Channel, Reason, TimelineMark
from prompts.render import Renderer
from retrieval.models import DocumentPlace, FilterFault, Filters, Kind, Problem, Unit
from retrieval.text.shown_text import shown
from tests.support.answers import Reading, abstained, answered, citation
from tests.support.desk import policydesk, write

RENDERER = Renderer()
TELEGRAM, CLI = Channel.TELEGRAM, Channel.CLI
Overlay = Callable[..., Path]


# --- the words of an answer


def test_a_quote_is_given_with_number_title_date_file_and_line() -> None:
    answer = answered(citation(date=dt.date(2023, 11, 29)))
    assert RENDERER.answer(answer, CLI) == "“Kishi signed.”\n  [1] A deal, 2023-11-29, a.txt:3"
    assert Reading(RENDERER.answer(answer, TELEGRAM)).text == "“Kishi signed.”\n[1] A deal, 2023-11-29, a.txt:3"


def test_a_sentence_found_twice_is_quoted_once_and_both_places_are_named() -> None:
    answer = answered(citation(1), citation(2, file="b.txt"), citation(3, "It did."), agreeing=[[1, 2]])
    for channel in Channel:
        text = Reading(RENDERER.answer(answer, channel)).text
        assert (text.count("Kishi signed."), text.count("(also in [2])")) == (1, 1)
        assert all(place in text for place in ("[1] A deal, a.txt:3", "[2] A deal, b.txt:3", "“It did.”"))


def test_quotes_that_contradict_each_other_stand_side_by_side_newest_first_with_their_dates() -> None:
    """Each date is said, or that there is none; no word says which is right."""
    new = citation(2, "Nine ships.", date=dt.date(2024, 5, 1))
    answer = answered(citation(1, "Six ships."), citation(3, "It did."), new, differing=[[2, 1]])
    assert RENDERER.answer(answer, CLI) == (
        "The sources differ:\n[2] A deal, 2024-05-01, a.txt:3\n“Nine ships.”\n\n"
        "[1] A deal, undated, a.txt:3\n“Six ships.”\n\n“It did.”\n  [3] A deal, a.txt:3"
    )
    assert Reading(RENDERER.answer(answer, TELEGRAM)).text == (
        "The sources differ\n[2] A deal, 2024-05-01, a.txt:3\n“Nine ships.”\n"
        "[1] A deal, undated, a.txt:3\n“Six ships.”\n\n“It did.”\n[3] A deal, a.txt:3"
    )


def test_what_the_sources_differ_in_stands_first_and_undated_is_said_once_an_article() -> None:
    said = (
        "The ministry said that the Ream naval base refit would cost {} million dollars, the Phnom Penh Gazette wrote."
    )
    one, two, three = (citation(n, said.format(cost), file=f"{n}.txt") for n, cost in enumerate((40, 75, 90), 1))
    answer = answered(one, two, three.model_copy(update={"file": "2.txt"}), differing=[[1, 2, 3]])
    rows = [line for line in RENDERER.answer(answer, CLI).splitlines() if "[" in line]
    assert rows == [
        "40 million dollars · [1] A deal, undated, 1.txt:3",
        "75 million dollars · [2] A deal, undated, 2.txt:3",
        "90 million dollars · [3] A deal, 2.txt:3",
    ]
    assert Reading(RENDERER.answer(answer, TELEGRAM)).bold[:2] == ["The sources differ", "40 million dollars"]


def test_citations_are_numbered_in_the_order_in_which_they_are_shown() -> None:
    """The sources that differ after the first quote, the sentence that leads up to another before it, repeats last."""
    citations = [
        citation(1, "First."),
        citation(2, "It did.", file="b.txt"),
        citation(3, "Old: six.", file="c.txt"),
        citation(4, "New: nine.", file="d.txt"),
        citation(5, "A deal was made.", file="b.txt", line=2, lead=True),
        citation(6, "First.", file="e.txt"),
    ]
    answer = answered(*citations, differing=[[4, 3]], blocks=[[5, 2]], agreeing=[[1, 6]])
    numbered = numbered_as_shown(answer)
    assert [(c.number, c.quote) for c in numbered.citations] == [
        (1, "First."),
        (2, "New: nine."),
        (3, "Old: six."),
        (4, "A deal was made."),
        (5, "It did."),
        (6, "First."),
    ]
    assert (numbered.differing, numbered.blocks, numbered.agreeing) == (((2, 3),), ((4, 5),), ((1, 6),))
    shown = [int(number) for number in re.findall(r"\[(\d)\] ", RENDERER.answer(numbered, CLI))]
    assert shown == [1, 2, 3, 4, 5, 6]
    assert numbered_as_shown(numbered) == numbered


def test_quotes_that_follow_each_other_are_numbered_as_they_stand() -> None:
    """The better of the two stands second in its article, and so do its number and its place."""
    quotes = citation(1, "It was kept.", line=60), citation(2, "It was signed.", line=58)
    numbered = numbered_as_shown(answered(*quotes, blocks=[[2, 1]]))
    assert [(c.number, c.quote) for c in numbered.citations] == [(1, "It was signed."), (2, "It was kept.")]
    words = RENDERER.answer(numbered, CLI)
    assert re.findall(r"It was \w+|\[\d\] |:\d\d", words) == [
        "It was signed", "It was kept", "[1] ", ":58", "[2] ", ":60",
    ]  # fmt: skip
    assert numbered_as_shown(numbered) == numbered


def test_a_timeline_keeps_its_days_where_its_quotes_are_numbered_anew() -> None:
    """A repeated event moves the quotes behind it; each day still stands above its own sentence."""
    quotes = citation(1, "It was signed."), citation(2, "It was signed.", file="b.txt"), citation(3, "It was kept.")
    marks = [TimelineMark(number=n, date=day, written=day, worked_out=False) for n, day in ((1, "1960"), (3, "1978"))]
    answer = answered(*quotes, agreeing=[[1, 2]])
    answer = answer.model_copy(update={"kind": Kind.TIMELINE, "timeline": tuple(marks)})
    words = RENDERER.answer(numbered_as_shown(answer), CLI)
    assert re.findall(r"19\d\d|It was \w+|also in \[\d\]", words) == [
        "1960", "It was signed", "also in [3]", "1978", "It was kept",
    ]  # fmt: skip


def test_the_title_leads_to_the_published_original_and_the_publisher_is_named() -> None:
    url = "https://example.org/?a=1&b=\"2'"
    answer = answered(citation(url=url, publisher="Kyodo", date=dt.date(2023, 11, 29), title="A <deal>"))
    assert RENDERER.answer(answer, CLI).endswith(f"[1] A <deal>, Kyodo, 2023-11-29, a.txt:3, {url}")
    message = RENDERER.answer(answer, TELEGRAM)
    assert [entity.url for entity in parse_text(message, "HTML", None).entities if entity.url] == [url]
    assert Reading(message).text.endswith("\n[1] A <deal>, Kyodo, 2023-11-29, a.txt:3")


@pytest.mark.parametrize(
    ("quote", "printed"),
    [
        ("“We will act,” he said.", "“‘We will act,’ he said.”"),
        ('He said "now" and ("never").', "“He said ‘now’ and (‘never’).”"),
        ('The 12" gun of "Yamato" fired.', '“The 12" gun of ‘Yamato’ fired.”'),
        ('He called it "class 12" then.', "“He called it ‘class 12’ then.”"),
        ("「賛成」と述べた。", "“「賛成」と述べた。”"),
    ],
)
def test_quotation_marks_within_a_quote_are_single_as_in_print(quote: str, printed: str) -> None:
    answer = answered(citation(quote=quote))
    assert RENDERER.answer(answer, CLI).partition("\n")[0] == printed
    assert answer.citations[0].shown == quote


@pytest.mark.parametrize("channel", Channel)
def test_the_first_quote_stays_first_where_only_others_contradict_each_other(channel: Channel) -> None:
    answer = answered(*(citation(n, f"Number {n}.") for n in (1, 2, 3)), differing=[[3, 2]])
    text = Reading(RENDERER.answer(answer, channel)).text
    assert (
        text.index("Number 1.") < text.index("The sources differ") < text.index("Number 3.") < text.index("Number 2.")
    )
    assert all(text.count(f"Number {n}.") == 1 for n in (1, 2, 3))


@pytest.mark.parametrize("channel", Channel)
def test_of_sentences_at_odds_too_the_same_elsewhere_is_only_named(channel: Channel) -> None:
    citations = (citation(1, "Six."), citation(2, "Six!", file="b.txt"), citation(3, "Nine."))
    text = Reading(RENDERER.answer(answered(*citations, agreeing=[[1, 2]], differing=[[3, 1]]), channel)).text
    assert (text.count("(also in [2])"), text.count("Six!"), text.count("b.txt:3")) == (1, 0, 1)


def test_several_contradictions_of_endless_quotes_fit_a_message() -> None:
    citations = [citation(n, "word " * 1_000, title="t" * 500, file="f" * 200) for n in range(1, 11)]
    answer = answered(*citations, agreeing=[[1, 7, 8, 9, 10]], differing=[[4, 1], [5, 2], [6, 3]])
    message = RENDERER.answer(answer, TELEGRAM)
    assert units(message) <= 4096
    assert message.count("The sources differ") == 3
    Reading(message)


@pytest.mark.parametrize(
    ("kind", "question", "quote", "bold"),
    [
        (
            Kind.WHO,
            "Who signed the deal?",
            "Defense Minister Nobuo Kishi’s deal was signed in Hanoi, Vietnam.",
            ["Nobuo Kishi"],
        ),
        (Kind.WHEN, "When was it signed?", "The deal was signed on Sept. 11, 2021 in Hanoi.", ["Sept. 11, 2021"]),
        (Kind.HOW_MANY, "How many countries?", "It is the 11th of 12 countries & more.", ["11th", "12 countries"]),
        (Kind.LIST, "Which countries?", "Japan, Fiji and Malaysia were first.", ["Japan, Fiji and Malaysia"]),
        (Kind.WHAT, "What is the deal?", "The deal was signed by Kishi.", []),
    ],
)
def test_only_the_words_that_answer_are_bold(kind: Kind, question: str, quote: str, bold: list[str]) -> None:
    asked = citation(quote=quote, matched=("deal", "sign", "defens", "minist"))
    answer = answered(asked, kind=kind, question=question)
    assert Reading(RENDERER.answer(answer, TELEGRAM)).bold == bold
    for unsure in ({"tentative": True}, {"further": True}):
        assert Reading(RENDERER.answer(answer.model_copy(update=unsure), TELEGRAM)).bold == []


def test_quotes_fold_away_after_the_third() -> None:
    names = ("Kishi", "Giang", "Phan", "Kono", "Abe")
    quotes = [citation(n, f"{name} signed.") for n, name in enumerate(names, 1)]
    open_, folded = RENDERER.answer(answered(*quotes, kind=Kind.WHAT), TELEGRAM).split("<blockquote expandable>")
    assert open_.count("<blockquote>") == 3
    assert all(f"“{name} signed.”" in (open_ if n < 3 else folded) for n, name in enumerate(names))


def test_a_single_quote_has_nothing_to_fold() -> None:
    assert "expandable" not in RENDERER.answer(answered(citation()), TELEGRAM)


def test_plain_text_holds_quotes_and_names_as_they_are() -> None:
    answer = answered(citation(quote="A <bold> [red]claim[/red] & more", title="<i>T</i>"))
    assert RENDERER.answer(answer, CLI).startswith("“A <bold> [red]claim[/red] & more”\n  [1] <i>T</i>, a.txt:3")


def test_a_refusal_is_a_line_and_the_closest_passages_folded() -> None:
    closest = (citation(title="A <deal>", date=dt.date(2023, 11, 29)), citation(2, "Kono left.", file="b.txt"))
    assert RENDERER.answer(abstained(closest=closest), CLI).splitlines() == [
        "Nothing in the articles answers this.",
        "",
        "Closest passages:",
        "“Kishi signed.”",
        "  [1] A <deal>, 2023-11-29, a.txt:3",
        "",
        "“Kono left.”",
        "  [2] A deal, b.txt:3",
    ]
    message = RENDERER.answer(abstained(closest=closest), TELEGRAM)
    assert message.partition("<blockquote expandable>")[0] == "Nothing in the articles answers this.\n\n"
    assert message.endswith("<code>b.txt:3</code></blockquote>")


def test_a_quote_that_points_back_stands_after_the_sentence_before_it_each_with_its_line() -> None:
    lead = citation(2, "Kishi met Phan.", line=2, lead=True)
    answer = numbered_as_shown(answered(citation(quote="He signed."), lead, blocks=((2, 1),)))
    assert RENDERER.answer(answer, CLI) == "“Kishi met Phan.”\n“He signed.”\n  [1] A deal, a.txt:2; [2] a.txt:3"
    quoted = "<blockquote><i>“Kishi met Phan.”</i>\n“He signed.”</blockquote>\n[1]"
    assert RENDERER.answer(answer, TELEGRAM).startswith(quoted)


def test_quotes_that_follow_each_other_are_shown_as_one_where_the_better_stood() -> None:
    quotes = [citation(1, "He signed.", line=4), citation(2, "Tea."), citation(3, "Kishi met Phan.")]
    reply = RENDERER.answer(numbered_as_shown(answered(*quotes, blocks=((3, 1),))), CLI)
    assert reply.startswith("“Kishi met Phan.”\n“He signed.”\n  [1] A deal, a.txt:3; [2] a.txt:4\n\n“Tea.”")
    assert reply.count("Phan") == 1


def test_a_date_counted_from_the_article_is_worked_out_in_the_line_below() -> None:
    told = citation(quote="Kishi signed on Monday, two weeks ago.", date=dt.date(2021, 9, 15))
    assert RENDERER.answer(answered(told), CLI).endswith(
        "a.txt:3; “Monday” worked out as 2021-09-13; “two weeks ago” worked out as 2021-09-01"
    )
    assert "worked out" not in RENDERER.answer(answered(told.model_copy(update={"date": None})), CLI)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("channel", Channel)
def test_every_reason_to_abstain_has_its_words(reason: Reason, channel: Channel) -> None:
    words = {RENDERER.answer(abstained(other), channel) for other in Reason}
    assert len(words) == len(Reason)
    assert RENDERER.answer(abstained(reason), channel)


@pytest.mark.parametrize("reason", Reason)
def test_among_others_an_abstention_is_one_line(reason: Reason) -> None:
    answer = abstained(reason, closest=(citation(title="A deal"),))
    for given_ in (answer, answer.model_copy(update={"carried": ("Kishi", "deal"), "missing": ("ships",)})):
        message = RENDERER.answer(given_, TELEGRAM, compact=True)
        assert "\n" not in message
        assert "A deal" not in message


def test_among_others_the_first_quote_stands_open_and_the_rest_is_folded_away() -> None:
    citations = (citation(1), citation(2, "Giang signed."), citation(3, file="b.txt"))
    message = RENDERER.answer(answered(*citations, agreeing=[[1, 3]], kind=Kind.WHAT), TELEGRAM, compact=True)
    start, folded = message.split("<blockquote expandable>")
    assert ("Kishi signed." in start, "Giang signed." in folded, "b.txt" in folded) == (True, True, True)


def test_sources_that_differ_are_never_folded_away_not_even_among_others() -> None:
    citations = (citation(1, "Six ships."), citation(2, "It did."), citation(3, "Nine ships."))
    message = RENDERER.answer(answered(*citations, differing=[[3, 1]]), TELEGRAM, compact=True)
    start, folded = message.split("<blockquote expandable>")
    assert ("Six ships." in start, "Nine ships." in start, "It did." in folded) == (True, True, True)


@pytest.mark.parametrize("channel", Channel)
def test_an_answer_says_how_a_question_that_leans_on_another_was_read(channel: Channel) -> None:
    answer = answered(citation(), question="and <b>Malaysia</b>?\n", carried=("first", "in:<osa>"))
    said = RENDERER.answer(answer, channel)
    text = said if channel is Channel.CLI else Reading(said).text
    first = text.partition("\n")[0]
    assert first == "Read as: and <b>Malaysia</b>, with first, in:<osa> from the question before."


# --- citations to paste elsewhere

PORT: dict[str, Any] = {"title": "The [port] of “Hai Phong”", "publisher": "Kyodo", "date": dt.date(2023, 11, 29)}
PAGE = DocumentPlace(file="port.pdf", unit=Unit.PAGE, number=3)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (
            "plain",
            "“He said ‘now’.”\nThe [port] of “Hai Phong”, Kyodo, 2023-11-29, port.pdf, page 3, https://a.example/b",
        ),
        (
            "markdown",
            "> He said ‘now’.\n\n[The \\[port\\] of “Hai Phong”](<https://a.example/b>), Kyodo, 2023-11-29, `{}`",
        ),
        ("footnote", "“He said ‘now’.” Kyodo, “The [port] of ‘Hai Phong’,” November 29, 2023, https://a.example/b."),
    ],
)
def test_a_citation_is_copied_in_the_form_that_the_desk_chose(form: str, text: str) -> None:
    cited = citation(quote="He said “now”.", url="https://a.example/b", original=PAGE, file="port.pdf.txt", **PORT)
    assert RENDERER.citation(form, cited, 256) == text.replace("{}", "port.pdf, page 3")


def test_where_quote_and_citation_do_not_fit_the_citation_is_copied() -> None:
    assert RENDERER.citation("plain", citation(quote="word " * 60), 256) == "A deal, a.txt:3"
    assert RENDERER.citation("plain", citation(quote="word " * 60)).startswith("“word word")
    assert len(RENDERER.citation("plain", citation(title="🙂" * 300), 256)) == 128


@pytest.mark.parametrize("form", ["plain", "markdown", "footnote"])
def test_an_address_that_does_not_fit_is_not_copied_in_part(form: str) -> None:
    cited = citation(url=f"https://news.example/{'%E6%97%A5' * 30}", title="T" * 40)
    assert "https" not in RENDERER.citation(form, cited, 256)
    assert "Kishi signed." in RENDERER.citation(form, cited, 256)
    assert (cited.url or "") in RENDERER.citation(form, cited)


def test_a_team_may_have_a_form_of_citation_of_its_own(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"citation-ours.txt.j2": "{{ cited.title }} ({{ cited.date.year }})"}))
    assert renderer.citation("ours", citation(date=dt.date(2023, 11, 29))) == "A deal (2023)"
    with pytest.raises(
        TemplatesError, match="No citation 'theirs': POLICYDESK_CITATION is plain, markdown or footnote"
    ):
        renderer.citation("theirs", citation())


# --- nothing becomes markup, nothing commands a terminal


HOSTILE = st.text(st.characters() | st.sampled_from("<>&\"'/;bi\n\r\t\x1b[]{}%#\u202e🙂 "), max_size=80)


@given(quote=HOSTILE, title=HOSTILE, file=HOSTILE, question=HOSTILE, term=HOSTILE)
@example(quote="</b><a href='x'>&lt;b&gt; {{ 7*7 }}", title="<script>", file="</code>{% x %}", question="<b>", term="b")
def test_whatever_an_article_holds_telegram_reads_it_as_text(
    quote: str, title: str, file: str, question: str, term: str
) -> None:
    one = citation(1, f"A {quote} z", title=title, file=file, matched=(term, "z", "b"))
    two = citation(2, f"B {quote} z", title=title, file=file, publisher=title)
    message = RENDERER.answer(answered(one, two, one.model_copy(update={"number": 3}), question=question), TELEGRAM)
    read = Reading(message)
    assert read.tags <= {"b", "i", "code", "blockquote"}
    assert f"“{clean(nested_quotes(shown(f'A {quote} z')))}”" in read.text
    assert units(message) == len(read.text.encode("utf-16-le")) // 2 <= 4096


@given(title=HOSTILE, question=HOSTILE, file=HOSTILE)
def test_whatever_a_title_or_question_holds_an_abstention_reads_it_as_text(
    title: str, question: str, file: str
) -> None:
    message = RENDERER.answer(abstained(question=question, closest=(citation(file=file, title=title),)), TELEGRAM)
    assert Reading(message).tags <= {"i", "b", "code", "blockquote"}


@given(HOSTILE)
def test_no_control_character_reaches_a_terminal(text: str) -> None:
    shown = RENDERER.answer(answered(citation(quote=f"A {text}", title=text, file=text)), CLI)
    assert all(c.isprintable() or c in "\n\t" or c.isspace() or c > "\u00a0" for c in shown)
    assert not set(shown) & set("\x00\x07\x08\x1b\x7f\x9b\u2028\u202e\u2066")


def test_a_quote_of_several_lines_is_shown_on_one() -> None:
    assert "on the spring" in RENDERER.answer(answered(citation(quote="on the\r\nspring")), CLI)


# --- nothing is longer than a message


@pytest.mark.parametrize("word", ["word ", "🙂 ", "🙂", "<&> ", "long"])
@pytest.mark.parametrize("name", ["a.txt", "n" * 4_000, "🙂" * 4_000, "&" * 4_000])
def test_three_quotes_of_five_thousand_characters_fit_a_message(word: str, name: str) -> None:
    quote = (word * 5_000)[:5_000]
    citations = [citation(n, quote, title=name, file=name, matched=("word",)) for n in (1, 2, 3)]
    message = RENDERER.answer(answered(*citations), TELEGRAM)
    assert units(message) <= 4096
    assert all(f"[{n}]" in message for n in (1, 2, 3))
    Reading(message)


def test_ten_places_of_the_same_sentence_fit_a_message() -> None:
    citations = [citation(n, "word " * 1_000, title="t" * 500, file="f" * 200) for n in range(1, 11)]
    message = RENDERER.answer(answered(*citations, agreeing=[list(range(1, 11))]), TELEGRAM)
    assert units(message) <= 4096
    assert "[10]" in message


def test_an_abstention_with_three_endless_titles_fits_a_message() -> None:
    closest = tuple(citation(n, title="🙂" * 4_000) for n in (1, 2, 3))
    assert units(RENDERER.answer(abstained(closest=closest), TELEGRAM)) <= 4096


def test_a_long_quote_is_cut_at_a_word_with_the_ellipsis_outside_the_quotation_marks() -> None:
    quote = "Sentence without end " * 1_000
    answer = answered(citation(quote=quote.strip()))
    shown = Reading(RENDERER.answer(answer, TELEGRAM)).text.partition("\n")[0]
    assert shown.endswith(("Sentence” …", "without” …", "end” …"))
    assert quote.startswith(shown[1:-3])
    assert answer.citations[0].quote == quote.strip()


def test_a_quote_that_fits_is_never_cut() -> None:
    assert "…" not in RENDERER.answer(answered(citation(quote="word " * 790 + "end")), TELEGRAM)


# --- a team's own templates


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    def make(**templates: str) -> Path:
        folder = tmp_path / "templates"
        folder.mkdir()
        for name, source in templates.items():
            write(folder / name, source)
        return folder

    return make


def test_an_own_template_takes_the_place_of_the_one_of_its_name(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"abstained.txt.j2": "Ask the library: {{ answer.question }}"}))
    assert renderer.answer(abstained(), CLI) == "Ask the library: Who?"
    assert renderer.answer(abstained(), TELEGRAM) == RENDERER.answer(abstained(), TELEGRAM)


def test_the_template_of_a_kind_of_question_wins_for_that_kind_only(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"answered.how-many.txt.j2": "{{ shown[0].quote }} ({{ answer.kind }})"}))
    assert renderer.answer(answered(citation(), kind=Kind.HOW_MANY), CLI) == "Kishi signed. (how many)"
    assert renderer.answer(answered(citation()), CLI).startswith("“Kishi signed.”")


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_question_may_have_its_own_template(overlay: Overlay, kind: Kind, channel: Channel) -> None:
    ending = "txt" if channel is CLI else "html"
    name = f"answered.{kind.replace(' ', '-')}.{ending}.j2"
    renderer = Renderer(overlay(**{name: "Own: {{ shown[0].quote }}, {{ answer.confidence }}"}))
    assert renderer.answer(answered(citation(), kind=kind), channel) == "Own: Kishi signed., 0.9"


def test_an_own_template_may_build_on_the_original(overlay: Overlay) -> None:
    own = "{% from 'parts.txt.j2' import quoted %}Found {{ shown | length }}:\n{{ quoted(shown[0]) }}"
    shown = Renderer(overlay(**{"answered.txt.j2": own})).answer(answered(citation()), CLI)
    assert shown == "Found 1:\n“Kishi signed.”\n  [1] A deal, a.txt:3"


def test_an_own_html_template_still_escapes(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"answered.html.j2": "<b>{{ shown[0].quote }}</b>"}))
    assert renderer.answer(answered(citation(quote="<x & y>")), TELEGRAM) == "<b>&lt;x &amp; y&gt;</b>"


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("abstaned.txt.j2", "Sorry", "has a name that nothing uses"),
        ("answered.howmany.txt.j2", "Sorry", "has a name that nothing uses"),
        ("abstained.txt.j2", "{% if %}", "cannot be read: Expected an expression"),
        ("abstained.txt.j2", "{{ unclosed", "cannot be read"),
        ("abstained.txt.j2", "{{ mood }} {{ answer.question }}", "asks for mood, which this reply does not have"),
        ("abstained.txt.j2", "{{ answer.questoin }}", "cannot be used: .* has no attribute 'questoin'"),
        ("abstained.txt.j2", "{{ answer.question | shout }}", "cannot be read: No filter named 'shout'"),
        ("abstained.txt.j2", "{{ 1 / 0 }}", "cannot be used: division by zero"),
        ("abstained.txt.j2", "{% include '../../../etc/passwd' %}", "cannot be used"),
        ("answered.txt.j2", "{{ shown[9].quote }}", "cannot be used"),
        ("abstained.txt.j2", "{{ ''.__class__.__mro__ }}", "cannot be used: access to attribute '__class__'"),
        ("abstained.txt.j2", "{{ answer.__init__.__globals__ }}", "cannot be used: access to attribute '__init__'"),
        ("abstained.txt.j2", "{{ self.__init__.__globals__ }}", "cannot be used: access to attribute '__init__'"),
        ("abstained.txt.j2", "{{ '{0.__class__}'.format(answer) }}", "cannot be used: access to attribute '__class__'"),
        ("abstained.txt.j2", "{% for n in range(9999999) %}{% endfor %}", "cannot be used: Range too big"),
        ("ja/failyure.html.j2", "Sorry", "has a name that nothing uses"),
        ("vi/abstained.txt.j2", "{{ mood }}", "asks for mood, which this reply does not have"),
        ("ja/abstained.txt.j2", "{{ answer.questoin }}", "cannot be used: .* has no attribute 'questoin'"),
        ("vi/start.html.j2", "{% if %}", "cannot be read: Expected an expression"),
    ],
)
def test_a_template_that_cannot_be_used_ends_the_start_and_is_named(
    overlay: Overlay, name: str, source: str, fault: str
) -> None:
    folder = overlay(**{name: source})
    with pytest.raises(TemplatesError, match=fault) as refused:
        Renderer(folder)
    assert f"Template {folder / name} " in str(refused.value)


def test_a_template_that_is_not_utf8_is_named(overlay: Overlay) -> None:
    folder = overlay()
    (folder / "abstained.txt.j2").write_bytes(b"Caf\xe9")
    with pytest.raises(TemplatesError, match=r"abstained\.txt\.j2 cannot be read"):
        Renderer(folder)


def test_a_template_that_fails_on_one_answer_only_is_named_then(overlay: Overlay) -> None:
    folder = overlay(**{"answered.txt.j2": "{{ 1 / (shown[0].line - 77) }}"})
    with pytest.raises(TemplatesError, match=r"answered\.txt\.j2 cannot be used: division by zero"):
        Renderer(folder).answer(answered(citation(line=77)), CLI)


def test_a_missing_folder_of_templates_is_told_on_the_command_line_in_one_line(tmp_path: Path) -> None:
    ended = policydesk("ask", "Who signed?", POLICYDESK_TEMPLATES=str(tmp_path / "nowhere"))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines() == [
        f"policydesk: No folder of templates at {tmp_path / 'nowhere'}: create it, or unset POLICYDESK_TEMPLATES."
    ]


# --- text that grows

MARKED = st.recursive(
    st.text("ab &<>\n🙂", max_size=30).map(lambda text: html.escape(text, quote=False)),
    lambda parts: st.builds(
        lambda tag, inner: f"<{tag}>{''.join(inner)}</{tag}>", st.sampled_from(["b", "i", "code"]), st.lists(parts)
    ),
    max_leaves=20,
)


@given(st.lists(MARKED), st.integers(1, 60))
def test_whatever_is_cut_fits_is_valid_and_begins_as_it_did(parts: list[str], limit: int) -> None:
    text = "".join(parts)
    cut = fitted(text, limit)
    assert units(cut) <= limit
    parse_text(f"{cut}.", "HTML", None)
    if units(text) > limit:
        assert as_seen(text, Channel.TELEGRAM).startswith(as_seen(cut, Channel.TELEGRAM).removesuffix("…"))
    else:
        assert cut == text


def test_lists_however_long_and_filters_however_many_fit_a_message() -> None:
    names = tuple(f"{'🙂' * 40}-{number}" for number in range(400))
    renderer = Renderer()
    values = {"unknown": names, "tied": names, "gone": names, "known": names, "is_topic": True}
    filters = Filters(written=tuple(f"in:{name}" for name in names))
    fault = FilterFault(problem=Problem.COLLECTION, filters=filters.written, known=names)
    answers = [
        abstained(Reason.FILTERS).model_copy(update={"fault": fault, "filters": filters}),
        abstained().model_copy(update={"filters": filters, "carried": names, "missing": names}),
        answered(citation(1, "Kishi signed."), carried=names, filters=filters),
    ]
    said = [
        *(renderer.notice("use", what=what, **values) for what in ("shown", "tied", "undone", "unknown")),
        *(renderer.answer(answer, Channel.TELEGRAM) for answer in answers),
    ]
    for words in said:
        assert 0 < units(words) <= MESSAGE_UNITS
        parse_text(words, "HTML", None)
