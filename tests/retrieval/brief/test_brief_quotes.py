"""The quotes of a brief: by aspect, none twice, none that says what another says already."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import SEEDS
from retrieval.brief.aspects import Aspect, says, told_quantities, written_quantity
from retrieval.brief.parties import position_of
from retrieval.brief.selection import LEAST, BriefQuote, select_quotes
from retrieval.library import Library
from retrieval.models import Passage
from retrieval.timeline.request import TIMELINE_OF, timeline_asked
from retrieval.timeline.timeline import topic_query
from tests.support.desk import write

FIVE = Library.open(SEEDS)


def quotes(topic: str, library: Library = FIVE) -> list[BriefQuote]:
    request = timeline_asked(f"{TIMELINE_OF}{topic}")
    assert request is not None
    return [quote for quote in select_quotes(library, topic_query(library, request), request) if quote.is_chosen]


def said(topic: str, aspect: Aspect, library: Library = FIVE) -> list[str]:
    return [quote.hits[0].passage.shown for quote in quotes(topic, library) if quote.aspect is aspect]


def passage(text: str, **values: object) -> Passage:
    return Passage(file="a.txt", line=1, start=0, end=len(text), text=text, title="News").model_copy(update=values)


def test_a_brief_begins_with_what_its_topic_is() -> None:
    assert "which is designed to enhance the defense capabilities" in said("OSA", Aspect.HEADLINE)[0]


def test_what_was_agreed_and_the_figures_have_parts_of_their_own() -> None:
    assert any("Japan agreed to supply" in text for text in said("OSA", Aspect.AGREED))
    assert [quote.label for quote in quotes("OSA") if quote.aspect is Aspect.FIGURES] == ["fourth recipient"]


def test_quotes_that_contradict_each_other_stand_side_by_side() -> None:
    (pair,) = [quote for quote in quotes("OSA") if quote.against]
    assert pair.aspect is Aspect.DISPUTED
    assert "Bangladesh and Fiji" in pair.hits[0].passage.shown
    assert "Malaysia, and Indonesia" in pair.against[0].passage.shown


@pytest.mark.parametrize("topic", ["OSA", "South China Sea", "Japan-Vietnam relations"])
def test_no_sentence_is_quoted_for_two_aspects_but_that_the_timeline_may_point_to_it(topic: str) -> None:
    places = [
        (hit.passage.file, hit.passage.start)
        for quote in quotes(topic)
        if quote.aspect is not Aspect.TIMELINE
        for hit in (*quote.hits, *quote.against)
    ]
    assert len(places) == len({*places})


def test_events_come_in_the_order_of_their_days_and_years_of_names_are_none() -> None:
    days = [q.event.event.days.first for q in quotes("Japan-Vietnam relations") if q.event and q.event.event.days]
    assert days
    assert days == sorted(days)


def test_a_topic_that_no_article_knows_has_no_quote() -> None:
    assert quotes("unicorns") == []


def test_a_period_keeps_articles_of_that_time(tmp_path: Path) -> None:
    for year in (2021, 2023):
        told = f"The frigate Mogami called at Hanoi in {year}, it said."
        write(tmp_path / f"{year}.md", f"---\ntitle: Ships\ndate: {year}-05-02\n---\n\n{told}\n")
    found = said("frigate Mogami since 2022", Aspect.HEADLINE, Library.open(tmp_path))
    assert found == ["The frigate Mogami called at Hanoi in 2023, it said."]


def test_the_same_said_elsewhere_is_named_beside_the_quote(tmp_path: Path) -> None:
    told = "Japan agreed to supply three patrol boats of the Mogami class to Tonga, the ministry said.\n"
    write(tmp_path / "a", f"Boats\n\n{told}")
    write(tmp_path / "b", f"More boats\n\n{told}")
    (quote,) = [q for q in quotes("Mogami class", Library.open(tmp_path)) if q.aspect is Aspect.HEADLINE]
    assert [hit.passage.file for hit in quote.hits] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Tokyo reaffirmed its support for the plan.", "Japan"),
        ("Japan and Vietnam are concerned about the plan.", "Japan and Vietnam"),
        ("With China in mind, Japan is eager to make progress.", "Japan"),
        ("In the South China Sea, ASEAN calls on all sides to hold back.", "ASEAN"),
        ("President Biden emphasized the importance of peace.", "President Biden"),
        ("The leaders of many countries in Asia, Africa and China said so.", None),
        ("They said that Japan opposes the plan.", None),
        ("Trade in Asia: The G7 welcomed the plan.", "G7"),
        ("The leaders of Japan welcomed the plan.", "Japan"),
        ("Japan’s government welcomed the plan.", "Japan"),
        ("Japan’s exports support the plan.", None),
        ("Japan's Official Security Assistance aims to help.", None),
        ("Kim praised Indonesia’s role in ASEAN and stressed its importance.", None),
        ("The Quad Shipping Task Force aims at ten ports.", None),
        ("AUKUS remains a pact of three.", None),
        ("The Fair Economy Agreement supports the plan.", None),
        ("The Secretary and Foreign Ministers condemned the launch.", None),
        ("Ms Mori of the ministry sent goods in support of the plan.", None),
    ],
)
def test_a_position_is_that_of_its_subject(text: str, party: str | None) -> None:
    found = position_of(passage(text))
    assert (found and found.party) == party


def test_who_speaks_in_the_first_person_is_named() -> None:
    found = position_of(passage("We oppose any attempt to change the status quo.", speaker="PRIME MINISTER SUGA"))
    assert found is not None
    assert found.party == "Prime Minister Suga"


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("It accounts for 24% of the trade, above the average of 19%.", ["24%", "19%"]),
        ("It chose the four recipients for the first year.", ["four recipients"]),
        ("Five years ago the two sides met for three days.", []),
        ("The aid is worth $1.2 billion.", ["$1.2 billion"]),
        ("Combined Task Force 150 sails.", []),
        ("It keeps to the Six Assurances and has four initial areas of work.", []),
        (
            "It gave 23 million vaccine doses and 2,000 safe and effective kits.",
            ["23 million vaccine doses", "2,000 safe and effective kits"],
        ),
    ],
)
def test_figures_are_written_with_what_they_count(text: str, figures: list[str]) -> None:
    found = passage(text, date=dt.date(2023, 1, 1))
    assert [written_quantity(text, each) for each in told_quantities(found)] == figures


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("Both agreed to sell ships.", Aspect.AGREED),
        ("They reached an agreement on ships.", Aspect.AGREED),
        ("China disputes the claim.", Aspect.DISPUTED),
        ("The ships pose a growing threat to Hanoi.", Aspect.DISPUTED),
    ],
)
def test_a_sentence_tells_of_an_aspect_by_its_verb(text: str, aspect: Aspect) -> None:
    assert says(passage(text), aspect) >= LEAST


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("It is a Quad-endorsed guideline.", Aspect.AGREED),
        ("Cows show the usual signs of it.", Aspect.AGREED),
        ("Crises cannot be resolved by it.", Aspect.AGREED),
        ("It stands by the Paris Agreement on Climate Change.", Aspect.AGREED),
        ("It remains strongly committed to peace.", Aspect.AGREED),
        ("Homes get electric upgrades.", Aspect.AGREED),
        ("We take on the challenges of the climate.", Aspect.DISPUTED),
        ("It works in contested environments.", Aspect.DISPUTED),
        ("It takes the most aggressive action on the climate.", Aspect.DISPUTED),
        ("It wants a region free from coercion and the peaceful resolution of disputes.", Aspect.DISPUTED),
        ("The Global Challenges Institute warns of threats at large.", Aspect.DISPUTED),
    ],
)
def test_a_word_that_only_looks_like_such_a_verb_tells_of_nothing(text: str, aspect: Aspect) -> None:
    assert says(passage(text), aspect) < LEAST


@pytest.mark.parametrize(
    "part",
    [
        "the frigate Mogami and its crew;",
        "It sails for these aims of the frigate Mogami:",
        "… the frigate Mogami has come into port.",
    ],
)
def test_a_part_of_a_list_or_of_a_speech_is_not_quoted(folder: Callable[..., Path], part: str) -> None:
    root = folder(a=f"Ships\n\nThe frigate Mogami called at Hanoi, it said.\n\n{part}\n")
    assert {q.hits[0].passage.shown for q in quotes("frigate Mogami", Library.open(root))} == {
        "The frigate Mogami called at Hanoi, it said."
    }


def test_a_day_that_a_quote_above_tells_of_is_pointed_to_and_told_once(folder: Callable[..., Path]) -> None:
    root = folder(
        a="Pact\n\nIn September 2021, Australia and Britain announced AUKUS, a new security partnership of theirs.\n",
        b="Year\n\nAustralia and Britain announced AUKUS in September 2021, a security partnership of the two.\n",
        c="Ships\n\nBritain intends to deliver its first AUKUS ship to the Royal Navy in the late 2030s.\n",
        d="Navy\n\nIn the late 2030s, Britain will deliver its first AUKUS ship to the Royal Navy, it said.\n",
    )
    found = quotes("AUKUS", Library.open(root))
    events = [quote for quote in found if quote.aspect is Aspect.TIMELINE]
    assert [q.event.event.days.iso() for q in events if q.event and q.event.event.days] == [
        "2021-09",
        "2037-01-01/2039-12-31",
    ]
    assert {quote.key for quote in events} <= {quote.key for quote in found if quote.aspect is not Aspect.TIMELINE}


def test_of_two_countries_sentences_come_first_that_name_no_others(folder: Callable[..., Path]) -> None:
    of_all = "{} of Australia, Japan, India, Fiji and Tonga met about ships and sailed to the north in 2023, it said."
    root = folder(
        **{name: f"News {name}\n\n{of_all.format(name.title())}\n" for name in ("admirals", "ministers", "traders")},
        z="Trade\n\nSome of the coal that Australia sells goes to Japan, where most of it is burnt by power plants.\n",
    )
    assert "coal" in said("Australia-Japan relations", Aspect.HEADLINE, Library.open(root))[0]


def test_a_text_that_is_only_like_the_topic_is_not_quoted(folder: Callable[..., Path]) -> None:
    root = folder(
        a="Trade\n\nThe official of the security council gave assistance to sailors in the east of the sea.\n",
        b="Aid\n\nJapan launched Official Security Assistance (OSA) for four states of the Pacific in 2023.\n",
    )
    assert all("sailors" not in quote.hits[0].passage.shown for quote in quotes("OSA", Library.open(root)))


def test_a_brief_with_much_to_quote_is_left_at_two_pages_and_the_rest_is_to_be_chosen_by_hand(tmp_path: Path) -> None:
    """Every aspect keeps a quote; less is chosen of those that have most."""
    heads = (
        "Japan agreed to supply",
        "China criticised that",
        "Vietnam disputes that",
        "Samoa supports that",
        "On 3 May",
    )
    for number in range(30):
        words = " ".join(f"{chr(97 + number % 26)}{kind}word{number}" for kind in "bcdfghjklmnpqrst" * 3)
        told = f"{heads[number % 5]} the frigate Mogami with {number + 40} sailors {words} in 20{10 + number % 14}."
        write(tmp_path / f"{number}.md", f"---\ntitle: Ship {number}\ndate: 2024-05-02\n---\n\n{told}\n")
    library = Library.open(tmp_path)
    request = timeline_asked(f"{TIMELINE_OF}frigate Mogami")
    assert request is not None
    found = select_quotes(library, topic_query(library, request), request)
    chosen = [quote for quote in found if quote.is_chosen]
    assert sum(len(quote.hits[0].passage.shown) for quote in chosen) < 2 * 100 * 50  # two pages of lines
    assert {quote.aspect for quote in chosen} == {quote.aspect for quote in found}
    assert max(Counter(quote.aspect for quote in chosen).values()) < max(Counter(q.aspect for q in found).values())
