"""What is shown of a quote: its words in their order, without line breaks, marks and invisible signs."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.text.shown_text import shown

MARKS = re.compile(r"[\s*_`~\\\[\]|>\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff¹²³⁰⁴-⁹-]")


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("on the  long\r\n  way", "on the long way"),
        ("> quoted in\n> a mail", "> quoted in a mail"),
        ("page\fbreak and\u2028separator", "page break and separator"),
        (
            "the ministers agreed on secu-\nrity and a long-\nterm plan",
            "the ministers agreed on security and a long-term plan",
        ),
        ("mari\u00adtime hand\u200bbook", "maritime handbook"),
        ("the **coast guard** of *Fiji* and _Palau_", "the coast guard of Fiji and Palau"),
        ("a [link](https://example.org/a_(b)) and ![boat](b.png)", "a link and boat"),
        ("Japan&#8217;s &yen;400&nbsp;million", "Japan’s ¥400 million"),
        ("a <b>bold</b> word<br>and <span class=x>more</span><!-- not this -->", "a bold word and more"),
        ("The treaty[^1] is new.[3]", "The treaty is new."),
        ("The Diet agreed.”4", "The Diet agreed.”"),
        ("It was adopted in 2013.1", "It was adopted in 2013."),
        ("The law¹ holds", "The law holds"),
        ("20 km² and 10⁶ units", "20 km² and 10⁶ units"),
        ("| Palau | 2 |", "Palau | 2"),
        ("**Section 1.", "Section 1."),
        ("Purpose.**", "Purpose."),
        (
            "cross- border trade, twenty- first century, develop- ment",
            "cross-border trade, twenty-first century, development",
        ),
        ("the great      13 06-53323    Michelangelo", "the great Michelangelo"),
        ("the principles on       10-54959 32    which it was founded", "the principles on which it was founded"),
        ("11-51191 20     Before concluding, I return to it.", "Before concluding, I return to it."),
        ("However, it 15-29425 31/34 \f A/70/PV.15 28/09/2015 took time", "However, it took time"),
        ("our States 10/56 16-29296 increasingly depend on each other", "our States increasingly depend on each other"),
        ("the Arab   A/63/PV.13   33 08-53122    peace", "the Arab peace"),
        ("Must 18 General Assembly - Forty-eighth session Palestinians die", "Must Palestinians die"),
        ("make to 7 General Assembly 14th meeting Forty-ninth session 3 October 1994 us", "make to us"),
        ("development has 14\n\n\nbecome the trend", "development has become the trend"),
        ("the Councilís report and the Statesí plans", "the Council’s report and the States’ plans"),
        ("the means ó of the ìfrozenî war, and weíll, donít", "the means — of the “frozen” war, and we’ll, don’t"),
        ("the crises.î of 2000 ñ 2004 in the Côte díIvoire", "the crises.” of 2000 – 2004 in the Côte d’Ivoire"),
        ("Africaís", "Africa’s"),
        ("the â€œWhite Helmetsâ€\x9d â€” Haitiâ€™s", "the “White Helmets” — Haiti’s"),
        ("the Government?s army", "the Government’s army"),
        ("However, it 10/55 15-29658 \f 01/10/2015 A/70/PV.22 took time", "However, it took time"),
    ],
)
def test_marks_line_breaks_and_invisible_signs_are_not_shown(written: str, seen: str) -> None:
    assert shown(written) == seen


@pytest.mark.parametrize(
    "text",
    [
        "It grew by 8.02 percent, to 1,234.5.",
        "7*7 and 2**3 are sums, 5 * 3 too",
        "snake_case_name",
        "see Art.4 and No.5",
        "x < y and a > b, <not a tag>",
        "R&D; AT&T & others",
        "[sic] and [The] minister [in 2024]",
        "C3 and H2O, 3rd and 4th",
        "in Nov,27 2023",
        "low- and middle-income, one- or two-year, the ministers - all of them - agreed",
        "call 06-53323 or 13 06-53323",
        "the 18 General Assembly sessions",
        "the Presidents Luís Inácio, Solís and Vigdís of José Martí and of Madríd",
        "o país é maior, e a ó de dois",
        "con có ó và ì ạch của",
        "the Barzanî and Kurdî of the north",
        "see the page?s=1 of it, or who? she",
    ],
)
def test_what_only_looks_like_a_mark_is_shown(text: str) -> None:
    assert shown(text) == text


@given(st.text(st.sampled_from("ab Z9.,!?\n\r\t\u00a0*_~`|>[]()\\-\u00ad\u200b”’")))
@example("a-\nb")
def test_no_letter_and_no_digit_is_lost_but_those_of_marks(text: str) -> None:
    """Links, tags and footnotes have letters of their own; without these, only signs of the table may go."""
    plain = re.sub(r"[\[\]()0-9]", "", text)
    assert MARKS.sub("", shown(plain)) == MARKS.sub("", plain)


@given(st.text())
def test_shown_again_it_stays_as_it_is_but_for_marks_that_marks_had_hidden(text: str) -> None:
    seen = shown(text)
    assert "\n" not in seen
    assert "  " not in seen
    assert seen == seen.strip()
