"""Questions as people type them: short forms, small letters, other names, periods, and the kind that is asked."""

import datetime as dt
import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.glossary.aliases import SYNONYMS
from retrieval.glossary.name_terms import NAME_TERMS
from retrieval.glossary.table import shipped_entries
from retrieval.library import Library
from retrieval.models import Kind, TimeSpan
from retrieval.query.asking.tongues import kind_of
from retrieval.query.focus import focus_of, quantity_kind_asked
from retrieval.query.period import period_of
from retrieval.query.short_forms import spell_out
from retrieval.text.quantity_kinds import QuantityKind
from retrieval.training.build_related_words import english_vocabulary, names_as_terms


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("whos the pm of japan", "who is the pm of japan"),
        ("Whats OSA?", "What is OSA?"),
        ("abt ppl w/ radars n boats", "about people with radars and boats"),
        ("re: the govt budget", "about the government budget"),
        ("talks in sept 2016", "talks in September 2016"),
        ("3 mar 2022", "3 March 2022"),
        ("what did they agree in may 2021", "what did they agree in May 2021"),
        ("most recent us thai trade news", "most recent US thai trade news"),
        ("did the us sign", "did the US sign"),
        ("tell us about it", "tell us about it"),
        ("May they meet?", "May they meet?"),
        ("who is Jan Smith", "who is Jan Smith"),
        ("what does W. think", "what does W. think"),
        ("mar the deal", "mar the deal"),
        ("which cos make radars", "which companies make radars"),
        ("they left cos it rained", "they left cos it rained"),
        ("hue univ grads", "hue university grads"),
        ("who is Min Aung Hlaing", "who is Min Aung Hlaing"),
        ("what did Min Kishi say", "what did minister Kishi say"),
        ("why hv they left bcs of it", "why have they left because of it"),
        ("cud they sail", "could they sail"),
    ],
)
def test_short_forms_are_spelt_out_where_they_can_be_nothing_else(typed: str, meant: str) -> None:
    assert spell_out(typed) == meant


def test_a_question_typed_in_haste_is_read_like_the_same_in_full(seeds: Library) -> None:
    hasty, full = seeds.read("whos japans pm"), seeds.read("Who is Japan's PM?")
    assert (hasty.kind, hasty.terms) == (full.kind, full.terms)


def test_a_mistake_in_a_small_word_leaves_it_a_small_word(seeds: Library) -> None:
    assert seeds.read("what did kishi say abuot radars").terms == ("kishi", "radar")


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        ("steel tarrif talks", "tarrif", "tariff"),
        ("who got the 1st radar", "1st", "first"),
        ("what did the 2 sides agree", "2", "two"),
        ("the second radar", "second", "2nd"),
        ("did tokyo slam the drills", "slam", "condemn"),
        ("any jabs for hanoi", "jab", "vaccin"),
    ],
)
def test_slips_numbers_and_lay_words_are_understood(
    folder: Callable[..., Path], question: str, typed: str, meant: str
) -> None:
    text = "Two sides condemned the tariff at their first talks, sent vaccines, and the 2nd radar came."
    library = Library.open(folder(**{"a.txt": text}))
    assert (meant,) in {e.terms for e in library.read(question).expansions if e.term == typed}


@pytest.mark.parametrize(
    "question",
    [
        "how many arms came two years ago",
        "who is the guy who tried to cry and pry",
        "what did Hun Sen and Ken Wu say",
        "who is on the SDN list of the MDA and the CAF",
        "what did the SOM say of MDGs and the PRT",
        "does the SMR of DJI meet the DMA",
    ],
)
def test_a_word_name_or_acronym_is_no_code_of_a_state(folder: Callable[..., Path], question: str) -> None:
    states = (
        "Armenia, Angola, Guyana, Costa Rica, Paraguay, Hungary, Kenya, Sudan, Moldova, the Central African"
        " Republic, Somalia, Madagascar, San Marino, Djibouti, Dominica and Portugal met."
    )
    library = Library.open(folder(**{"a.txt": states}))
    assert not [e for e in library.read(question).expansions if e.why in {"alias", "place"}]


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("who is the president", "prime"),
        ("who is the governor", "mayor"),
        ("how many destroyers came", "frigat"),
        ("did they recall the envoy", "summon"),
        ("which carrier came", "airlin"),
    ],
)
def test_what_is_another_thing_is_no_other_word_for_it(folder: Callable[..., Path], question: str, other: str) -> None:
    text = "The prime minister and the mayor summoned an airline about a frigate."
    library = Library.open(folder(**{"a.txt": text}))
    assert not [e for e in library.read(question).expansions if other in e.terms]


def test_a_preposition_is_nothing_that_is_missing(seeds: Library) -> None:
    assert seeds.read("what tech besides radars, per Kishida").terms == ("tech", "radar", "kishida")


def test_a_people_is_that_of_the_country_not_of_its_territories(folder: Callable[..., Path]) -> None:
    library = Library.open(
        folder(**{"a.txt": "The United States spoke. The Northern Mariana Islands and Saipan spoke."})
    )
    found = {e.terms for e in library.read("what do the American ships carry").expansions if e.term == "american"}
    assert ("unit", "state") in found
    assert not {terms for terms in found if "mariana" in terms or "saipan" in terms}


def test_a_number_repeated_is_part_of_a_name(seeds: Library) -> None:
    found = {e.terms for e in seeds.read("whats the 2+2").expansions}
    assert ("two", "plus", "two") in found
    assert ("two",) not in found


def test_else_asks_for_others_and_is_nothing_that_is_missing(seeds: Library) -> None:
    assert seeds.read("who else met Kishi in Hanoi").terms == ("meet", "kishi", "hanoi")


def test_words_that_only_ask_for_a_position_are_left_out(seeds: Library) -> None:
    assert seeds.read("What is Hanoi's line on radars?").terms == ("hanoi", "radar")
    assert "line" in seeds.read("What did Kishida say about the line?").terms


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What post did Kishi hold in Hanoi?", ("kishi", "hanoi")),
        ("what was kishi's job", ("kishi",)),
        ("nobuo kishi job", ("nobuo", "kishi")),
        ("In what capacity did Kishi visit Hanoi?", ("kishi", "visit", "hanoi")),
        ("How many job offers did Kishi hold?", ("job", "offer", "kishi", "hold")),
        ("Which post offices did Kishi open?", ("post", "offic", "kishi", "open")),
    ],
)
def test_words_that_only_ask_for_an_office_are_left_out(seeds: Library, question: str, terms: tuple[str, ...]) -> None:
    assert seeds.read(question).terms == terms


def test_a_courtesy_is_no_part_of_a_name(seeds: Library) -> None:
    query = seeds.read("What did Mr Kishida say?")
    assert query.names == {"kishida"}
    assert query.weight("mr") < query.weight("kishida")
    assert seeds.read("How did Sen. Cruz vote?").names == {"cruz"}
    assert seeds.read("What did Hun Sen say?").names == {"hun", "sen"}
    assert seeds.read("Did the Senate agree?").weight("senat") == 1


@pytest.mark.parametrize("word", ["gets", "cost", "lost", "election", "bounty", "plane"])
def test_a_word_that_english_knows_is_never_corrected(seeds: Library, word: str) -> None:
    assert not [e for e in seeds.read(f"Which {word} matters?").expansions if e.why == "spelling"]


def test_a_name_is_no_form_of_another_name(seeds: Library, folder: Callable[..., Path]) -> None:
    assert ("kishi",) not in {e.terms for e in seeds.read("What did Kishida say?").expansions}
    library = Library.open(folder(**{"a.txt": "Indianapolis and Nigeria spoke to Indian guests."}))
    assert ("indianapoli",) not in {e.terms for e in library.read("What did India say?").expansions}
    assert ("nigeria",) not in {e.terms for e in library.read("What did Niger say?").expansions}


@pytest.mark.parametrize(
    ("question", "typed", "said"),
    [
        ("who leads Komeito?", "lead", "leader"),
        ("Did anybody deny it?", "deni", "denial"),
        ("who sells the ships", "sell", "seller"),
        ("which states get OSA", "get", "receiv"),
        ("where do the weapons come from", "weapon", "arm"),
    ],
)
def test_words_that_are_derived_from_each_other_or_mean_the_same_are_alternatives(
    folder: Callable[..., Path], question: str, typed: str, said: str
) -> None:
    library = Library.open(folder(**{"a.txt": "The leader of a seller received arms. Their denial was heard."}))
    assert (said,) in {e.terms for e in library.read(question).expansions if e.term == typed}


@pytest.mark.parametrize(
    ("question", "typed", "another"),
    [
        ("when are the elections", "elect", "electron"),
        ("what are the concerns", "concern", "concert"),
        ("who is the chancellor", "chancellor", "chanc"),
        ("does the cabinet meet", "cabinet", "cabin"),
    ],
)
def test_words_that_only_begin_alike_are_no_alternatives(
    folder: Callable[..., Path], question: str, typed: str, another: str
) -> None:
    library = Library.open(
        folder(**{"a.txt": "Electrons filled the cabin at the concert by chance. An elected voter."})
    )
    assert (another,) not in {e.terms for e in library.read(question).expansions if e.term == typed}


def test_the_tables_of_synonyms_and_of_names_as_terms_are_those_of_the_tables_they_are_made_of() -> None:
    assert SYNONYMS.read_text(encoding="utf-8") == english_vocabulary(shipped_entries())
    assert NAME_TERMS.read_text(encoding="utf-8") == names_as_terms()


@pytest.mark.parametrize(
    ("question", "name", "other"),
    [
        ("what does dprk want", "dprk", ("north", "korea")),
        ("nz on the veto", "nz", ("new", "zealand")),
        ("argentina on the veto", "argentina", ("arg",)),
        ("Who is the foreign minister?", "minist", ("minist", "foreign", "affair")),
        ("why is the Kremlin angry", "kremlin", ("russia",)),
        ("What does Article V say?", "v", ("articl", "5")),
    ],
)
def test_other_names_of_the_field_are_known(
    folder: Callable[..., Path], question: str, name: str, other: tuple[str, ...]
) -> None:
    text = "North Korea and New Zealand spoke. ARG said. The Minister for Foreign Affairs of Russia spoke on Article 5."
    library = Library.open(folder(**{"a.txt": text}))
    assert other in {e.terms for e in library.read(question).expansions if e.term == name}


def test_words_common_in_any_text_weigh_less_than_telling_ones(seeds: Library) -> None:
    query = seeds.read("who wants to get radars")
    assert query.weight("radar") == 1
    assert query.weight("get") < 1


def test_small_letters_hide_no_names(seeds: Library) -> None:
    assert {"hanoi", "osa"} <= seeds.read("does hanoi want osa").names
    assert "vietnam" in seeds.read("who are vietnams partners").names  # without its apostrophe
    assert {"png", "un", "nz"} <= seeds.read("did png and nz talk at the un").names


@pytest.mark.parametrize(
    "question", [" What did japan say of osa", "“What did japan say of osa?”", "What should I know of japan and osa"]
)
def test_a_capital_that_every_question_has_names_nothing(seeds: Library, question: str) -> None:
    assert {"japan", "osa"} <= seeds.read(question).names


def test_a_name_of_several_words_is_one_in_small_letters_too(seeds: Library) -> None:
    assert {"north", "korea"} <= seeds.read("what does the uk think of north korea").names
    assert "north" not in seeds.read("who sails north").names


def test_a_name_of_several_words_is_held_where_they_stand_side_by_side(folder: Callable[..., Path]) -> None:
    question, said = "what did the un say of trade", "The United {} spoke of trade with other nations."
    library = Library.open(folder(**{"a.txt": said.format("States")}))
    assert library.search(library.read(question), 10).missing == ("un",)
    library = Library.open(folder(**{"b.txt": said.format("Nations")}))
    assert [hit.passage.file for hit in library.search(library.read(question), 10).hits] == ["b.txt", "a.txt"]


def test_a_short_form_that_is_spelt_out_hides_no_names(seeds: Library) -> None:
    assert {"usa", "japan", "china"} <= seeds.read("what did the us tell japan on china in sept").names


def test_a_word_that_others_write_in_two_is_found_in_two(folder: Callable[..., Path]) -> None:
    library = Library.open(folder(**{"a.txt": "Blinken will co-host the meeting. The re-elected leader reports."}))
    assert ("co", "host") in {e.terms for e in library.read("who cohosted it").expansions}
    assert not [e for e in library.read("who reports").expansions if len(e.terms) > 1]


@pytest.mark.parametrize(
    ("question", "first", "after"),
    [
        ("What was said in March 2023?", dt.date(2023, 3, 1), dt.date(2023, 4, 1)),
        ("talks in december 2022", dt.date(2022, 12, 1), dt.date(2023, 1, 1)),
        ("On 6 May 2022", dt.date(2022, 5, 6), dt.date(2022, 5, 7)),
        ("on February 14, 2023", dt.date(2023, 2, 14), dt.date(2023, 2, 15)),
        ("aid since 2020", dt.date(2020, 1, 1), None),
        ("aid before 2020", None, dt.date(2020, 1, 1)),
        ("between 2014 and 2023", dt.date(2014, 1, 1), dt.date(2024, 1, 1)),
        ("visits in late 2021", dt.date(2021, 9, 1), dt.date(2022, 1, 1)),
    ],
)
def test_a_period_is_read(question: str, first: dt.date | None, after: dt.date | None) -> None:
    period = period_of(question)
    assert period is not None
    assert (period.first, period.after) == (first, after)


@pytest.mark.parametrize(
    "question", ["31 February 2023 and 2,000 ships", "$2000 a day", "2000% more", "What may they do?"]
)
def test_figures_are_no_period(question: str) -> None:
    assert period_of(question) in {None, TimeSpan(first=None)}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is OSA?", Kind.DEFINITION),
        ("what does OSA stand for", Kind.DEFINITION),
        ("What did Kishi say about China?", Kind.POSITION),
        ("nz on the veto", Kind.POSITION),
        ("Who is the foreign minister of Vietnam?", Kind.ROLE),
        ("vietnams ambassador to japan in 2023", Kind.ROLE),
        ("How does Hanoi pay for boats?", Kind.HOW),
        ("How did the policy change in 2014?", Kind.COMPARISON),
        ("compare the two budgets", Kind.COMPARISON),
        ("How many boats are there?", Kind.HOW_MANY),
        ("radar boats", Kind.KEYWORDS),
        ("What is the latest tariff rate for India?", Kind.HOW_MANY),
        ("what did the canal cost", Kind.HOW_MANY),
        ("death toll of the crash in 2015", Kind.HOW_MANY),
        ("What is China's defence budget for 2024?", Kind.HOW_MANY),
        ("what was agreed on price controls", Kind.WHAT),
        ("On what grounds did Hanoi object?", Kind.WHY),
        ("What prompted the move to Hiroshima?", Kind.WHY),
        ("Which late premier did Abe meet?", Kind.WHO),
        ("What is the name of the police officer?", Kind.WHO),
        ("which hotel did they meet at", Kind.WHERE),
        ("What is the capital of Palau?", Kind.WHERE),
        ("Which stops did Blinken make?", Kind.LIST),
        ("names of the ceos at the table", Kind.LIST),
        ("What did Xi tell Biden about Taiwan?", Kind.POSITION),
        ("dominica on the south china sea", Kind.POSITION),
        ("By what means is the plan paid?", Kind.HOW),
        ("carbon tax what is it", Kind.DEFINITION),
        ("What is the Pukpuk Treaty between Australia and Papua New Guinea?", Kind.DEFINITION),
        ("What is the link between Micron and Tokyo?", Kind.WHAT),
        ("What is Japan doing in Fiji?", Kind.WHAT),
        ("What was discussed?", Kind.WHAT),
        ("What is wrong with the plan?", Kind.WHAT),
        ("us ambassador in majuro jan 2024", Kind.ROLE),
        ("ferry or train which is cheaper", Kind.COMPARISON),
        ("Which is heavier, gold or lead?", Kind.COMPARISON),
        ("Which minister, Kishida or Abe, resigned?", Kind.WHO),
        ("Which country sank a ship in September or October?", Kind.WHERE),
        ("What was the date of the treaty?", Kind.WHEN),
        ("What is the minister's name?", Kind.WHO),
        ("What was the minister called on to do?", Kind.DEFINITION),
        ("Where was the summit to which Biden invited the President?", Kind.WHERE),
    ],
)
def test_the_kind_of_a_question_is_told(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize("words", ["which better ", "which more or what ", "or ", "who ", "what's the ship's "])
def test_words_that_ask_without_end_hold_nobody_up(words: str) -> None:
    assert kind_of(words * (4_000 // len(words))) in Kind


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How much did Japan pay?", QuantityKind.MONEY),
        ("What ransom was asked?", QuantityKind.MONEY),
        ("How many boats came when the rate fell?", QuantityKind.COUNT),
        ("When did the strategic dialogue begin?", QuantityKind.DATE),
        ("how many billions were pledged", QuantityKind.MONEY),
        ("How many years did it take?", QuantityKind.DURATION),
        ("What share of the budget is that?", QuantityKind.SHARE),
        ("What is the strategy of the corporate sector?", None),
        ("How does Costa Rica feel about it?", None),
        ("Who leads the areas?", None),
    ],
)
def test_the_kind_of_quantity_is_told_by_whole_words(question: str, asked: QuantityKind | None) -> None:
    assert quantity_kind_asked(question) is asked


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("Which late Chinese premier did Abe meet?", "premier"),
        ("What is China's defence budget for 2024?", "budget"),
        ("Which country annexed Macedonia?", "countri"),
        ("What is the name of the ship?", "ship"),
    ],
)
def test_a_question_turns_on_the_noun_that_it_asks_for(question: str, focus: str) -> None:
    assert focus_of(question) == focus


def test_a_definition_turns_on_no_word_of_its_own(seeds: Library) -> None:
    assert seeds.read("What is the radar boat programme?").focus is None


@pytest.fixture
def communiques(folder: Callable[..., Path]) -> Library:
    """Short reports whose sentences leave to title and date what they are about."""
    first = "Officials of both sides attended. Patrol boats were discussed at length. Nobody took questions."
    return Library.open(
        folder(
            **{
                "a.md": f"---\ntitle: Delegation to the Paralympics\ndate: 2021-08-10\n---\n\n{first}",
                "b.md": f"---\ntitle: Talks on patrol boats\ndate: 2022-03-01\n---\n\n{first} A date was set.",
                "c.md": "---\ntitle: Weather\ndate: 2020-01-01\n---\n\nIt rained on the Paralympics.",
            }
        )
    )


def test_a_sentence_is_found_by_the_title_of_its_article(communiques: Library) -> None:
    findings = communiques.search(communiques.read("Which delegation went to the Paralympics?"), 10)
    assert ("a.md", "Officials of both sides attended.") in {(h.passage.file, h.passage.text) for h in findings.hits}


def test_the_date_of_an_article_answers_for_the_period_of_a_question(communiques: Library) -> None:
    hits = communiques.search(communiques.read("patrol boats in March 2022"), 10).hits
    assert hits[0].passage.file == "b.md"
    assert communiques.search(communiques.read("patrol boats in August 2021"), 10).hits[0].passage.file == "a.md"


def test_each_hit_says_how_likely_it_answers_by_itself(seeds: Library) -> None:
    hits = seeds.search(seeds.read("Which countries were the first to receive OSA?"), 10).hits
    assert all(0 <= hit.confidence <= 1 for hit in hits)
    assert hits[0].confidence > hits[-1].confidence


def test_a_library_that_was_replaced_is_let_go(folder: Callable[..., Path]) -> None:
    library = Library.open(folder(**{"a.txt": "The ministers met in Hanoi."}))
    library.search(library.read("who mett in hanoy abuot it"), 3)
    held = weakref.ref(library.snapshot.passages.passages.vocabulary)
    del library
    gc.collect()
    assert held() is None
