"""Two passages are told to say the same, to contradict each other, or to speak of different things."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.app import open_desk
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.settings import Settings
from prompts.models import Answer, Channel
from retrieval.comparison.contradictions import compare
from retrieval.comparison.dates import find_date_mentions
from retrieval.comparison.quantities import find_quantities
from retrieval.comparison.repeats import repeats
from retrieval.library import Library
from retrieval.models import Passage, Relation
from tests.benchmarks.pairs import read_pairs, scored, tell
from tests.support.desk import CLI
from tests.support.osa import ANSWERED, QUESTION

AGREE, DIFFER, UNRELATED = Relation.AGREE, Relation.DIFFER, Relation.UNRELATED
TWO_PLUS_TWO = "When do Japan and Vietnam plan to hold their first two-plus-two?"
Folder = Callable[..., Path]


def passage(text: str, date: str | None = None, file: str = "a.txt", title: str = "Japan and Vietnam") -> Passage:
    day = dt.date.fromisoformat(date) if date else None
    return Passage(file=file, line=1, start=0, end=len(text), text=text, title=title, date=day)


def relation(one: str, other: str, dates: tuple[str | None, str | None] = (None, None)) -> Relation:
    return compare(passage(one, dates[0]), passage(other, dates[1], "b.txt")).relation


# --- the judged pairs


def test_judged_pairs_are_told_apart_as_well_as_promised() -> None:
    """Over the pairs that are in the repository: both at precision 0.95, most of what differs found."""
    pairs = read_pairs()
    found = {pair.id: told for pair in pairs if (told := tell(pair, None)) is not None}
    assert len(found) >= 170
    assert scored(pairs, found, DIFFER).precision >= 0.95
    assert scored(pairs, found, AGREE).precision >= 0.95
    for part in ("tuned", "held out"):
        mine = [pair for pair in pairs if pair.part == part]
        assert scored(mine, found, DIFFER).recall >= 0.8
        assert scored(mine, found, AGREE).recall >= 0.6


def test_pairs_of_collections_that_are_not_there_are_left_out_and_counted() -> None:
    """A pair over a development set is a place in it; without the set there is nothing to tell."""
    away = [pair for pair in read_pairs() if pair.origin == "development"]
    assert len(away) >= 30
    assert all(tell(pair, None) is None and not pair.one.text for pair in away)


# --- what makes a contradiction


def test_two_sources_of_one_article_that_put_a_figure_otherwise_differ() -> None:
    one = passage("The tunnel will cost 2.9 billion euros, the government said.")
    other = passage("The Court of Auditors puts the cost of the tunnel at 3.4 billion euros.")
    assert compare(one, other).relation is DIFFER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Japan pledged 20 billion yen in aid to Vietnam for patrol vessels.",
         "Japan has delivered 12 billion yen in aid to Vietnam for patrol vessels."),
        ("Japan gave a total of 20 billion yen in aid to Vietnam for patrol vessels.",
         "Japan gave an additional 2 billion yen in aid to Vietnam for patrol vessels."),
        ("Japan gave 20 billion yen in aid to Southeast Asia for patrol vessels.",
         "Japan gave Malaysia 2 billion yen in aid for patrol vessels in Southeast Asia."),
    ],
    ids=["pledge and stock", "total and part", "region and country"],
)  # fmt: skip
def test_a_whole_and_a_part_or_a_promise_and_a_deed_do_not_differ(one: str, other: str) -> None:
    assert relation(one, other) is UNRELATED


def test_a_contradiction_is_told_only_where_the_question_asks_for_it(desk: Desk) -> None:
    """The lists of recipients are at odds, which does not matter to who asks for a date."""
    assert not desk.ask("When was the OSA programme launched?", CLI).answer.differing


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("six patrol vessels", "three patrol vessels", DIFFER),
        ("six patrol vessels", "6 patrol vessels", AGREE),
        ("more than 20 patrol vessels", "22 patrol vessels", AGREE),
        ("more than 20 patrol vessels", "12 patrol vessels", DIFFER),
        ("about 20 patrol vessels", "21 patrol vessels", AGREE),
        ("about 20 patrol vessels", "30 patrol vessels", DIFFER),
        ("at least 12 patrol vessels", "31 patrol vessels", DIFFER),
        ("at least 12 patrol vessels", "at least 31 patrol vessels", DIFFER),
        ("vessels worth 1.6 billion yen", "vessels worth ¥1,600 million", AGREE),
        ("vessels worth 1.6 billion yen", "vessels worth ¥2 billion", DIFFER),
        ("vessels worth 1.6 billion yen", "vessels worth 1.58 billion yen", AGREE),
    ],
)
def test_figures_are_compared_as_exactly_as_they_are_written(one: str, other: str, expected: Relation) -> None:
    """Number words, scales, currencies, bounds, approximations and rounding do not make a contradiction."""
    sentence = "Japan handed over {} to the Vietnamese coast guard in Danang."
    assert relation(sentence.format(one), sentence.format(other)) is expected


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Vietnam’s exports to Japan were worth {}.", ("$24 billion in 2021", "$29 billion in 2023")),
        ("{} of Vietnam’s trade.", ("China accounts for 24%", "Japan accounts for 7%")),
        ("Japan’s defense budget {}.", ("rose 26%", "reached 1.2% of gross domestic product")),
        ("Japan lent Vietnam {} for the coastal railway.", ("$1.7 billion", "185 billion yen")),
        ("Vietnam’s exports rose {} quarter.", ("12 percent in the first", "9 percent in the second")),
        ("{} with which Vietnam has a top-level tie.", ("Japan is the sixth country", "India is the third country")),
    ],
    ids=["years", "subject", "measure", "currency", "quarters", "ranks"],
)
def test_other_years_subjects_and_measures_are_other_things(sentence: str, said: tuple[str, str]) -> None:
    """A figure contradicts only a figure of the same thing."""
    assert relation(sentence.format(said[0]), sentence.format(said[1])) is UNRELATED


def test_what_is_so_and_what_is_not_so_is_neither_the_same_nor_a_difference_of_figures() -> None:
    """A denial is never folded into what it denies."""
    sentence = "About {} of the respondents in Vietnam said that the constitution should {}be changed."
    assert relation(sentence.format("37%", ""), sentence.format("47%", "not ")) is UNRELATED
    assert relation(sentence.format("37%", ""), sentence.format("37%", "not ")) is UNRELATED


def test_a_sentence_republished_with_one_figure_corrected_differs() -> None:
    """However alike two sentences are, the figure decides."""
    sentence = (
        "Vietnam is the {} country to sign a deal on the transfer of defense equipment and technology with Japan."
    )
    assert relation(sentence.format("11th"), sentence.format("12th")) is DIFFER


def test_relative_dates_are_counted_from_the_article() -> None:
    """'On Saturday' and 'last year' are days and years where the article has a date."""
    signed = "Japan and Vietnam signed the agreement on defense equipment in Hanoi {}."
    dates = ("2021-09-12", "2023-02-01")
    assert relation(signed.format("on Saturday"), signed.format("on September 11, 2021"), dates) is AGREE
    assert relation(signed.format("on Saturday"), signed.format("on September 21, 2021"), dates) is DIFFER
    assert relation(signed.format("this year"), signed.format("last year"), ("2021-09-12", "2022-02-01")) is AGREE


def test_open_lists_do_not_contradict_and_closed_ones_do() -> None:
    """'Such as A and B' leaves room for C."""
    sentence = "Under the security program Japan will supply patrol boats to {} in spring."
    three, other = "the Philippines, Indonesia and Vietnam", "the Philippines, Indonesia and Fiji"
    assert relation(sentence.format(three), sentence.format(other)) is DIFFER
    assert relation(sentence.format(f"countries such as {three}"), sentence.format(other)) is not DIFFER


def test_the_reason_is_named_verbatim() -> None:
    """What contradicts what is told in the words of the passages."""
    found = compare(passage("Japan gave the Vietnamese coast guard six patrol vessels."),
                    passage("Japan gave the Vietnamese coast guard three patrol vessels.", file="b.txt"))  # fmt: skip
    assert (found.about, found.one, found.other) == ("figure", "six", "three")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Article 9, Flight 370, No. 5 and the F-35", []),
        ("a 2-1 win in 1998", []),
        ("two-plus-two talks", []),
        ("twenty-five soldiers and 1,200 workers", [25, 1200]),
        ("$1.7bn or 20 per cent", [1.7e9, 20]),
        ("three million yen", [3e6]),
    ],
)
def test_names_scores_and_years_are_no_figures(text: str, values: list[float]) -> None:
    assert [figure.value for figure in find_quantities(text)] == pytest.approx(values)


def test_what_is_handed_over_is_counted_exactly() -> None:
    bounds = [
        figure.bound for text in ("They handed over six boats.", "over six boats") for figure in find_quantities(text)
    ]
    assert bounds == ["=", ">"]


def test_dates_are_read_as_far_as_they_are_said() -> None:
    found = find_date_mentions("On Nov. 27, 2023, in March 2014, in the 1990s and last year", dt.date(2023, 11, 29))
    assert [(m.first, m.last, m.month, m.day) for m in found] == [
        (2023, 2023, 11, 27), (2014, 2014, 3, None), (1990, 1999, None, None), (2022, 2022, None, None)
    ]  # fmt: skip


def test_days_that_are_counted_are_those_that_a_timeline_counts() -> None:
    """The halves of a year are apart; without the article's date a month or weekday is as much as is said."""
    first, second = find_date_mentions("the first half of 2022 and the second half of 2022", None)
    assert not first.may_equal(second)
    may, monday = find_date_mentions("on May 3 and on Monday", None)
    assert (may.first, may.month, may.day, monday.month, monday.weekday) == (None, 5, 3, None, 0)
    assert [m.relative for m in find_date_mentions("last year", None)] == ["last year"]


# --- what repeats a quote


def says_the_same(passage_: str, shown: str, dates: tuple[str | None, str | None] = (None, None)) -> bool:
    return repeats(passage(passage_, dates[0], "b.txt"), passage(shown, dates[1]))


def test_only_nearly_the_same_words_repeat_a_quote() -> None:
    """Nothing is hidden that has a date, a figure, a name or a verb of its own."""
    shown = "Japan handed over six patrol vessels to the Vietnamese coast guard in Danang in 2015."
    assert says_the_same("In 2015 Japan handed over 6 patrol vessels to Vietnam’s coast guard in Danang.", shown)
    for more in ("in Danang in May 2015", "in Danang in 2015 and trained its crews", "and navy in Danang in 2015"):
        assert not says_the_same(f"Japan handed over six patrol vessels to the Vietnamese coast guard {more}.", shown)
    assert not says_the_same("Japan handed over patrol vessels to the Vietnamese coast guard in Danang in 2015.", shown)
    assert not says_the_same(
        "Japan plans to hand over six patrol vessels to the Vietnamese coast guard in Danang in 2015.", shown
    )


@pytest.mark.parametrize("sentence", ["The two ministers met today in Hanoi.", "Japan will host the next summit."])
def test_what_counts_from_its_own_day_repeats_nothing_of_another(sentence: str) -> None:
    """The same words of two days tell of two events."""
    assert says_the_same(sentence, sentence, ("2022-05-04", "2022-05-04"))
    assert not says_the_same(sentence, sentence, ("2022-05-04", "2023-05-04"))


def test_who_did_it_to_whom_is_no_repetition_the_other_way_round() -> None:
    assert not says_the_same(
        "Vietnam accused China of building an outpost on a reef in the Spratly Islands.",
        "China accused Vietnam of building an outpost on a reef in the Spratly Islands.",
    )


# --- properties

PIECES = st.sampled_from(
    "Japan Vietnam the Philippines, Malaysia, Fiji and Indonesia 12 13 12% $3 million 2021 2023 March Monday OSA"
    " Official Security Assistance (OSA) recipient recipients vessels agreement signed fourth is about more than"
    " \ud800 \0 日本 , . ; - “ ”".split(" ")
)
TEXTS = st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=60)
DATES = st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)).map(str)


@given(one=TEXTS, other=TEXTS, dates=st.tuples(DATES, DATES), same_file=st.booleans())
@example(one="Japan signed on 5 May 2021", other="Japan signed on 31 February 2021", dates=(None, None), same_file=True)
def test_comparing_is_symmetric_and_nothing_differs_from_itself(
    one: str, other: str, dates: tuple[str | None, str | None], same_file: bool
) -> None:
    """The order of two passages never matters, and a passage agrees with itself."""
    a, b = passage(one, dates[0]), passage(other, dates[1], "a.txt" if same_file else "b.txt")
    there, back = compare(a, b), compare(b, a)
    assert (there.relation, {there.one, there.other}) == (back.relation, {back.one, back.other})
    assert compare(a, a).relation is AGREE


@pytest.mark.parametrize(
    "piece", ["12 vessels, ", "Japan, ", "Aa Bb of the ", "in 2021 ", "two-", "1,111,", "the Cc and "]
)
def test_endless_passages_are_compared_too(piece: str) -> None:
    """Of what is longer than any sentence only the beginning is read for figures, dates and lists."""
    long = "Japan gave the Vietnamese coast guard patrol vessels " + piece * 20_000
    assert compare(passage(long), passage(long + "now", file="b.txt")).relation in Relation


# --- what an asker sees


def quotes(answer: Answer, group: int = 0) -> list[str]:
    return [answer.citations[number - 1].quote for number in answer.differing[group]]


def test_the_articles_name_different_recipients_and_both_are_shown_the_dated_one_first(desk: Desk) -> None:
    """The lists of OSA recipients contradict each other; the undated article is never taken for the newer."""
    exchange = desk.ask(QUESTION, CLI)
    dated, undated = quotes(exchange.answer)
    assert ANSWERED in dated
    assert "the Philippines, Malaysia, and Indonesia" in undated
    assert exchange.reply.startswith("The sources differ:\nPhilippines, Malaysia, Bangladesh and Fiji · [1]")
    assert exchange.reply.index(f"“{dated}”") < exchange.reply.index(f"“{undated}”")
    assert exchange.reply.index("2023-11-29") < exchange.reply.index("undated, 002_1a830b7e9f7a6e23.txt:4")


def test_a_summary_that_dates_a_plan_to_another_year_is_set_beside_the_article(desk: Desk) -> None:
    """One article says 'this year' of what its own summary dates to 2023."""
    exchange = desk.ask(TWO_PLUS_TWO, CLI)
    assert {"In 2023," in quote for quote in quotes(exchange.answer)} == {True, False}
    assert exchange.reply.count("undated") == 1  # of both, which are of one article


def test_a_contradiction_is_brought_in_even_where_one_quote_was_asked_for(desk: Desk) -> None:
    """Whoever asks for one quote still learns that another article says otherwise."""
    answer = desk.ask(QUESTION, CLI, quotes=1).answer
    one, other = (citation.number for citation in answer.citations if not citation.lead)
    assert answer.differing == ((one, other),)


def test_on_telegram_a_contradiction_is_never_folded_away(desk: Desk) -> None:
    """Both quotes stand above what unfolds."""
    reply = desk.ask(QUESTION, Asker(channel=Channel.TELEGRAM, chat_id=1)).reply
    shown = reply.partition("<blockquote expandable")[0]
    assert shown.startswith("<b>The sources differ</b>")
    assert "Fiji" in shown
    assert "Indonesia" in shown


def test_the_newest_of_several_comes_first_and_the_undated_last(settings: Settings, folder: Folder) -> None:
    """A corrected figure is never folded into the sentence it corrects, and what agrees with it is listed with it."""
    sentence = "Japan handed over {} patrol vessels to the Vietnamese coast guard in Danang."
    named = {"old": ("May 3, 2021", "six"), "new": ("June 9, 2022", "nine"), "again": ("June 2, 2022", "9")}
    texts = {
        name: f"Vessels for Vietnam\n\n{date}\n\n{sentence.format(count)}\n" for name, (date, count) in named.items()
    }
    root = folder(**texts, undated=f"Vessels for Vietnam\n\n{sentence.format('twelve')}\n")
    answer = (
        open_desk(settings, Library.open(root), None)
        .answer_with_findings("How many patrol vessels did Japan hand over?")
        .answer
    )
    assert [quote.split()[3] for quote in quotes(answer)] in (["nine", "six", "twelve"], ["9", "six", "twelve"])
    assert len(answer.agreeing) == 1
