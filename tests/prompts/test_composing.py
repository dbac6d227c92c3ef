"""Which of the hits are quoted, in which order, and with what beside them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import open_desk
from bot.desk.desk import Desk
from bot.settings import Settings
from prompts.models import Answer, Reason
from retrieval.library import Library
from retrieval.models import Passage, SmallTalk
from retrieval.reading.quote_context import is_headline, points_back
from retrieval.text.acronyms import spells_out
from tests.support.desk import CLI

Made = Callable[..., Desk]


@pytest.fixture
def desk_over(settings: Settings, folder: Callable[..., Path]) -> Made:
    """A desk over articles of a name and a text, the first line of which is the title."""

    def made(**texts: str) -> Desk:
        return open_desk(settings, Library.open(folder(**texts)), None)

    return made


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations if not citation.lead]


def passage(text: str, title: str = "A title") -> Passage:
    return Passage(file="a.txt", line=1, start=0, end=len(text), text=text, title=title)


# --- headlines and sentences that lean on others


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Japan and Vietnam upgrade security ties", True),
        ("Turnbull, Malcolm", True),
        ("PRIME MINISTER ABBOTT:", True),
        ("A title", True),
        ("The two countries will undertake the following work:", True),
        ("Japan and Vietnam signed an agreement.", False),
        ("“We will sign,” he said.”", False),
        ("Who signed?", False),
        ("The desk " + "reads and reads " * 20, False),
    ],
)
def test_a_line_without_a_sentence_is_a_headline(text: str, is_one: bool) -> None:
    assert is_headline(passage(text)) is is_one


def test_a_headline_is_quoted_only_where_no_sentence_says_it(desk_over: Made) -> None:
    body = "Japan gave Vietnam six patrol vessels on Monday."
    desk = desk_over(
        a=f"Patrol vessels for Vietnam from Japan\n\n{body}\n", b="Submarines for Vietnam from Kockums\n\nTea.\n"
    )
    assert quotes(desk.ask("patrol vessels Vietnam Japan", CLI).answer) == [body]
    assert quotes(desk.ask("submarines Vietnam Kockums", CLI).answer)[0] == "Submarines for Vietnam from Kockums"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("He departs on Friday.", True),
        ("However, they met again.", True),
        ("In 2014, it sent six ships.", True),
        ("The envisaged move would open the ports.", True),
        ("The agreement was signed in Hanoi.", True),
        ("The former was signed in Hanoi.", True),
        ("The former ambassador signed it.", False),
        ("This year, Japan sent six ships.", False),
        ("It is likely that ships will be sent.", False),
        ("Japan sent its ships.", False),
        ("The agreement between Japan and Vietnam was signed.", False),
        ("The navy was founded in 1955.", False),
    ],
)
def test_sentences_that_point_back_are_told(text: str, is_one: bool) -> None:
    assert points_back(passage(text)) is is_one


def test_a_quote_that_points_back_is_shown_with_the_sentence_before_it(desk_over: Made) -> None:
    """It is cited by its own line, and is a quote as verbatim as the other."""
    desk = desk_over(
        a="Visits\n\nPrime Minister Kishida met Marcos in Manila.\nHe departs for Kuala Lumpur on November 4.\n"
    )
    exchange = desk.ask("When does Kishida depart for Kuala Lumpur?", CLI)
    assert (
        "“Prime Minister Kishida met Marcos in Manila.”\n“He departs for Kuala Lumpur on November 4.”" in exchange.reply
    )
    assert exchange.reply.count("a.txt:") == 2


def test_closest_passages_name_no_other_passage(desk_over: Made) -> None:
    """A refusal shows each once; where else the same stands is part of an answer."""
    said = "Japan gave Vietnam six used patrol vessels, which the shipyard of Yokohama overhauled, in Haiphong."
    desk = desk_over(a=f"Gifts\n\n{said}\n", b=f"More gifts\n\n{said}\n")
    exchange = desk.ask("What did the six vessels that Japan gave to Mongolia cost in crowns?", CLI)
    assert exchange.answer.outcome == "abstained"
    assert exchange.reply.count(said) == 1
    assert "also in" not in exchange.reply


# --- by what is asked


DEFINED = "Official Security Assistance (OSA) is a framework of Japan to give equipment to armed forces."


@pytest.mark.parametrize("question", ["what is osa", "whats OSA?", "What does OSA mean?", "define osa"])
def test_the_sentence_that_defines_stands_first(desk_over: Made, question: str) -> None:
    desk = desk_over(
        a="Malaysia\n\nOSA for Malaysia: OSA boats came with OSA money in 2023.\n",
        b="Fiji\n\nFiji asked for OSA in May.\n",
        c=f"Japan’s help\n\nTea is served.\n{DEFINED}\n",
    )
    assert quotes(desk.ask(question, CLI).answer)[0] == DEFINED


PACIFIC = "The Pacific Islands Forum met in Suva.\n\nThe PIF and the ZTE of Samoa signed an accord on ports.\n"


@pytest.mark.parametrize(
    "question",
    [
        "What does PIF stand for?",
        "what is pif short for",
        "whats PIF an acronym for",
        "full form of PIF",
        "PIFは何の略ですか",
        "PIF là viết tắt của gì?",
        "pif la viet tat cua gi",
    ],
)
def test_the_sentence_that_spells_out_an_acronym_answers_what_it_stands_for(desk_over: Made, question: str) -> None:
    answer = desk_over(a=f"Ports accord\n\n{PACIFIC}").ask(question, CLI).answer
    assert (answer.outcome, quotes(answer)[0]) == ("answered", "The Pacific Islands Forum met in Suva.")


@pytest.mark.parametrize("question", ["What does ZTE stand for?", "what is zte short for"])
def test_an_acronym_that_nothing_spells_out_stands_for_nothing_known(desk_over: Made, question: str) -> None:
    answer = desk_over(a=f"Ports accord\n\n{PACIFIC}").ask(question, CLI).answer
    assert (answer.outcome, answer.reason) == ("abstained", Reason.UNSUPPORTED)
    assert quotes(answer) == ["The PIF and the ZTE of Samoa signed an accord on ports."]


@pytest.mark.parametrize("question", ["What does Mori stand for?", "What does FIJI stand for on port fees?"])
def test_what_somebody_stands_for_is_no_question_for_an_acronym(desk_over: Made, question: str) -> None:
    stance = "FIJI: Mori stands for free ports and for lower port fees."
    answer = desk_over(a=f"Ports accord\n\n{stance}\n").ask(question, CLI).answer
    assert (answer.outcome, quotes(answer)) == ("answered", [stance])


@pytest.mark.parametrize(
    ("text", "acronym", "held"),
    [
        ("The Association of Southeast Asian Nations (ASEAN) met.", "ASEAN", True),
        ("The United Nations Convention on the Law of the Sea binds them.", "UNCLOS", True),
        ("ZTE (Zhongxing Telecommunication Equipment) won.", "ZTE", True),
        ("freedom of navigation operations (FONOPs) go on", "FONOPS", True),
        ("Japan sells ships.", "JS", False),
        ("The JS Izumo docked.", "JS", False),
        ("The European Union met.", "EU", True),
    ],
)
def test_words_with_an_acronyms_letters_spell_it_out(text: str, acronym: str, held: bool) -> None:
    assert spells_out(text, acronym) is held


def test_a_comparison_is_quoted_in_the_order_of_dates(desk_over: Made) -> None:
    told = {"c": ("May 3, 2021", "5.3"), "a": ("May 4, 2022", "5.4"), "b": ("May 5, 2023", "6.8")}
    desk = desk_over(
        **{
            name: f"Budget\n\n{day}\n\nThe defense budget of Japan is {sum_} trillion yen in {day[-4:]}.\n"
            for name, (day, sum_) in told.items()
        }
    )
    answer = desk.ask("How has the defense budget of Japan changed over time?", CLI).answer
    assert [quote.split()[6] for quote in quotes(answer)] == ["5.3", "5.4", "6.8"]


def test_no_question_is_quoted_while_a_sentence_answers(desk_over: Made) -> None:
    said = "Japan will sell frigates to Vietnam, the ministry said."
    desk = desk_over(a=f"Frigates\n\nWill Japan sell frigates to Vietnam?\n\n{said}\n")
    assert quotes(desk.ask("Will Japan sell frigates to Vietnam?", CLI).answer)[0] == said


# --- about the desk itself


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("what can you do", SmallTalk.ABOUT),
        ("who made you?", SmallTalk.MAKER),
        ("are you chatgpt", SmallTalk.MAKER),
        ("What sources do you have?", SmallTalk.SOURCES),
        ("how many articles do you have", SmallTalk.SOURCES),
        ("any news?", SmallTalk.NEWS),
        ("whats new", SmallTalk.NEWS),
    ],
)
def test_questions_about_the_desk_are_answered_with_what_it_has(desk: Desk, said: str, meant: SmallTalk) -> None:
    exchange = desk.ask(said, CLI)
    assert (exchange.answer.reason, exchange.answer.chat) == (Reason.CHAT, meant)
    if meant in {SmallTalk.ABOUT, SmallTalk.SOURCES}:
        assert "I read 5 articles." in exchange.reply
    if meant is SmallTalk.NEWS:
        assert exchange.reply.startswith("The newest articles:\n2023-11-29, ")


@pytest.mark.parametrize("question", ["any news on OSA", "what sources say Japan sent ships?", "who made the Izumo"])
def test_questions_about_the_articles_subjects_are_questions(seeds: Library, question: str) -> None:
    assert seeds.read(question).chat is None


# --- questions that take something for granted

SIGNED = "Indonesia signed the agreement on the Hercules aircraft in Jakarta in May."


@pytest.mark.parametrize(
    "question",
    [
        "Why did Indonesia reject the Hercules aircraft?",
        "why did indonesia refuse to sign the hercules agreement",
        "When did Indonesia withdraw from the Hercules agreement?",
    ],
)
def test_the_opposite_of_what_the_articles_say_is_refused_and_they_are_quoted(desk_over: Made, question: str) -> None:
    exchange = desk_over(a=f"Aircraft\n\nThe hangars are full.\n\n{SIGNED}").ask(question, CLI)
    assert (exchange.answer.outcome, exchange.answer.reason) == ("abstained", Reason.UNSUPPORTED)
    assert exchange.reply.startswith("The articles do not say that.")
    assert quotes(exchange.answer)[0] == SIGNED


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Why did Indonesia reject the Hercules aircraft?", "Indonesia rejected the Hercules aircraft for their cost."),
        ("When did Indonesia sign the Hercules agreement?", SIGNED),
        ("Why did Indonesia reject the Hercules aircraft?", "Laos signed an agreement on Hercules aircraft."),
        ("Why did Indonesia leave the Hercules agreement?", "The Hercules agreement is of use to Indonesia."),
        ("Why did Indonesia refuse the Hercules agreement?", "Indonesia will not sign the Hercules agreement."),
        ("Why did Indonesia refuse the Hercules pact?", "Indonesia didn’t join the Hercules pact."),
        ("When did Indonesia leave the Hercules pact?", "Indonesia pulled out of the Hercules pact it had signed."),
        ("When will the ship leave Jakarta?", "The ship entered Jakarta on Monday and will depart on Friday."),
    ],
)
def test_nothing_else_is_said_to_be_untrue(desk_over: Made, question: str, text: str) -> None:
    assert not desk_over(a=f"Aircraft\n\nThe hangars are full.\n\n{text}").ask(question, CLI).answer.opposed


def test_a_text_that_begins_as_a_request_for_a_timeline_is_too_long_as_any(desk: Desk) -> None:
    assert (
        desk.answer_with_findings("Timeline of " + "Official Security Assistance " * 40).answer.reason
        is Reason.TOO_LONG
    )
