"""A question that leans on an earlier one is read with it, and the answer says so; one that does not is left alone."""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import open_desk
from bot.desk.asker import Asker
from bot.desk.desk import Desk
from bot.settings import read_settings
from prompts.models import Channel
from retrieval.evaluation.judged_questions import JudgedSpan, supports
from retrieval.library import Library
from retrieval.models import Findings, Kind
from retrieval.query.follow_ups import follow, leans
from storage.database.connection import DeskDatabase
from storage.models import Exchange, Thread
from storage.record.exchanges import ExchangeLog
from tests.support.desk import CLI, JUDGMENTS, policydesk
from tests.support.osa import QUESTION

AIKO, BINH = 7, 8
GROUP = -100


@pytest.fixture
def numbers() -> Iterator[int]:
    """The numbers of a chat's messages, as they come."""
    return iter(range(1, 1_000))


def asker(number: int, **given_: object) -> Asker:
    """Aiko in the group, a moment ago, unless it is said otherwise."""
    usual = {"channel": Channel.TELEGRAM, "chat_id": GROUP, "user_id": AIKO, "message_id": number}
    return Asker.model_validate({**usual, **given_})


def carried(exchange: Exchange) -> tuple[str, ...]:
    return exchange.answer.carried


def judged(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (JUDGMENTS / name).read_text(encoding="utf-8").splitlines()]


# --- what is read with an earlier question, and what is not


@pytest.mark.parametrize(
    "text",
    [
        *("and Malaysia?", "And in 2023?", "what about Malaysia?", "How about the Philippines", "same for Fiji"),
        *("when was that?", "where did it happen?", "Who signed it?", "What did he say about Taiwan?", "Is it free?"),
        *("why?", "Why not?", "when exactly?", "how many?", "who else?", "which ones?", "tell me more", "Then what?"),
        *("Who attended?", "In which month?", "Which other countries?", "By whom?", "in 2023?", "Did Malaysia?"),
        *("who signed up", "who pays for it all", "how many died", "who got arrested", "Who hosts the tenth?"),
        *("how much is Japan putting in", "who signed for Vietnam", "what did Kishi ask him to do?", "whats his name"),
        *("Which places does it link?", "who hosted the first one", "anything on Fiji?", "whats that fund"),
        *("Who were the first three?", "what are the other two"),
        *("Who co-chaired its fourth meeting?", "How much did it cost?", "what does it cost them", "estonia too?"),
        *("How long did it take?", "Is it legal?", "Malaysia as well?", "What share of the homes was damaged?"),
        *("WHY?", "and malaysia", "who is its chair?", "What does that mean?", "and which country is next in line?"),
    ],
)
def test_an_elliptic_question_leans(seeds: Library, text: str) -> None:
    assert leans(seeds.read(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            QUESTION,
            "OSA",
            "Cam Ranh",
            "OSA Malaysia",
            "Malaysia?",
            "What is OSA?",
            "Who is Nobuo Kishi?",
            "Hello",
            "thanks",
        ),
        *(
            "whos Nobuo Kishi",
            "whats osa",
            "What did Kishi say about Taiwan?",
            "who makes the patrol vessels of Vietnam",
        ),
        *("This is wrong.", "ok thanks", "Can Tho", "Well water in Hanoi", "that's all"),
        *("Is it true that Japan sells ships to Vietnam?", "Are there talks on ships?", "", "?!", "the of and", "🙂"),
        *(
            "Who said that the deal strengthens Japan's industrial base?",
            "What happened this year in Hanoi?",
            "How much does it cost to build a frigate?",
            "How long does it take Japan to export a ship?",
            "me too",
            "What share of homes was damaged?",
        ),
        *(
            "And who chairs the Japan-Vietnam Parliamentary Friendship Union?",
            "what can you do",
            "after:x and Malaysia?",
        ),
    ],
)
def test_a_question_that_stands_for_itself_does_not(seeds: Library, text: str) -> None:
    assert not leans(seeds.read(text))


@pytest.mark.parametrize(
    ("text", "replying"), [("Malaysia?", True), ("the date", True), ("Who is Nobuo Kishi?", False)]
)
def test_a_name_alone_leans_only_as_a_reply(seeds: Library, text: str, replying: bool) -> None:
    assert leans(seeds.read(text), replying=True) == replying
    assert not leans(seeds.read(text))


def test_a_place_put_in_the_stead_of_another_leaves_that_out(seeds: Library) -> None:
    """'And Vietnam?' after a question on Malaysia asks the same of Vietnam alone."""
    query = follow(seeds.read("Which ships did Malaysia receive?"), seeds.read("and Vietnam?"))
    assert "malaysia" not in query.terms
    assert {"ship", "vietnam"} <= {*query.terms}


def test_a_place_of_two_words_is_put_in_the_stead_of_another_too(seeds: Library) -> None:
    query = follow(seeds.read("Which ships did Malaysia receive?"), seeds.read("and New Zealand?"))
    assert "malaysia" not in query.terms


def test_of_several_places_none_is_left_out_for_another_but_all_count_for_less(seeds: Library) -> None:
    """'And Fiji?' after a question on China and Taiwan may stand for either."""
    query = follow(seeds.read("What does China say about Taiwan?"), seeds.read("and Fiji?"))
    assert query.weight("china") == query.weight("taiwan") < query.weight("fiji") == 1


def test_the_period_asked_about_before_still_holds_unless_another_is_named(seeds: Library) -> None:
    first = seeds.read("Where did the Izumo dock in June 2023?")
    assert follow(first, seeds.read("why?")).period == first.period
    later = follow(first, seeds.read("and in 2024?"))
    assert later.period == seeds.read("and in 2024?").period
    assert "2023" not in later.terms


def test_an_endless_text_is_told_at_once(seeds: Library) -> None:
    assert not leans(seeds.read("both " * 4_000))


def test_terms_taken_over_count_for_less_than_its_own_and_each_further_question_for_less_again(seeds: Library) -> None:
    second = follow(seeds.read(QUESTION), seeds.read("and Malaysia?"))
    third = follow(second, seeds.read("Who paid for the ships?"))
    weights = [[query.weight(term) for term in ("osa", "malaysia", "ship")] for query in (second, third)]
    assert weights[0][0] < weights[0][1] == 1
    assert weights[1][0] < weights[1][1] < weights[1][2] == 1


def test_a_question_without_terms_of_its_own_takes_the_earlier_ones_over_whole(seeds: Library) -> None:
    query = follow(seeds.read("Where did the Izumo dock?"), seeds.read("when?"))
    assert (query.kind, query.terms, query.weight("izumo")) == (Kind.WHEN, ("izumo", "dock"), 1)


def test_a_follow_up_is_answered_from_the_article_that_was_quoted_before(folder: Callable[..., Path]) -> None:
    trips = {
        "a": "Abbott went to Fiji in April. He will meet the Premier there.",
        "b": "Key went to Fiji in May. He will meet the King there.",
    }
    library = Library.open(folder(**{f"{name}.txt": text for name, text in trips.items()}))
    for name, asked in (("a", "When did Abbott go to Fiji?"), ("b", "When did Key go to Fiji?")):
        query = follow(library.read(asked), library.read("who will he meet there"))
        assert library.search(query, 2).hits[0].passage.file == f"{name}.txt"


FERRIES = """New ferries for Fiji

Australia and Fiji signed the ferry agreement in Suva on Monday. The ferries will carry passengers to the outer islands.
Minister Koroilavesau signed the papers. The price is 40 million dollars, paid over four years."""
PRICES = "Budget\n\nThe price of diesel rose to 2 dollars. A price of 9 dollars is paid for rice."
BOUNTY = """Bounty

The State Department offered a reward for Ivan Petrov over the hacked ballots in May. The reward is up to 10 million
dollars. Petrov runs a troll farm in Minsk."""
AWARDS = "Awards\n\nThe reward for the best film is a statue. The reward of 5 dollars went to a boy."


@pytest.mark.parametrize(
    ("about", "other", "first", "second", "answer"),
    [
        (
            FERRIES,
            PRICES,
            "when did australia and fiji sign the ferry agreement",
            "how much is the price?",
            "The price",
        ),
        (BOUNTY, AWARDS, "who is wanted for the hacked ballots", "how much is the reward?", "The reward is"),
    ],
    ids=["a price", "a reward"],
)
def test_a_follow_up_is_not_answered_by_the_sentence_that_was_quoted_before(
    folder: Callable[..., Path], about: str, other: str, first: str, second: str, answer: str
) -> None:
    library = Library.open(folder(**{"about.txt": about, "other.txt": other}))
    hit = library.search(follow(library.read(first), library.read(second)), 2).hits[0].passage
    assert (hit.file, hit.shown.startswith(answer)) == ("about.txt", True)


def test_a_place_that_gives_way_to_another_is_no_part_of_the_wording_either(seeds: Library) -> None:
    query = follow(seeds.read("Whom did Kishi meet in Manila?"), seeds.read("and in Hanoi?"))
    assert ("in Manila" in query.asked, "Kishi" in query.asked) == (False, True)


def test_a_mere_phrase_asks_for_what_the_earlier_question_asked_for(seeds: Library) -> None:
    query = follow(seeds.read("When did Kishida visit the Philippines?"), seeds.read("and Malaysia?"))
    assert query.kind is Kind.WHEN


def test_what_was_asked_three_questions_ago_is_forgotten(seeds: Library) -> None:
    query = seeds.read("Where did the Izumo dock?")
    for text in ("who signed up", "how many died", "who got arrested"):
        query = follow(query, seeds.read(text))
    assert not {"izumo", "dock"} & {*query.terms}


def test_the_same_question_of_one_place_after_another_is_not_forgotten(seeds: Library) -> None:
    query = seeds.read("Where did the Izumo dock?")
    for text in ("and Malaysia?", "and Fiji?", "and Laos?"):
        query = follow(query, seeds.read(text))
    assert query.terms == ("lao", "izumo", "dock")


def test_filters_are_taken_over_and_named_unless_the_question_has_its_own(seeds: Library) -> None:
    first = seeds.read("Who signed the deal? from:kyodo")
    assert follow(first, seeds.read("when was that?")).filters.publishers == ("kyodo",)
    assert follow(first, seeds.read("when was that? before:2030")).filters.publishers == ()


def test_an_answer_says_how_the_question_was_read(desk: Desk) -> None:
    earlier = Thread(questions=("Who signed the deal? from:kyodo",))
    exchange = desk.ask("and in Hanoi?", CLI, earlier=earlier)
    assert exchange.reply.startswith(
        "Read as: and in Hanoi, with signed, deal, from:kyodo from the question before.\n\n"
    )
    refused = desk.ask("and in Zanzibar's archipelago?", CLI, earlier=earlier)
    assert refused.reply.startswith("Read as: and in Zanzibar's archipelago, with signed, deal, from:kyodo from")
    assert "Read as" not in desk.ask(QUESTION, CLI, earlier=earlier).reply


TEXTS = st.lists(
    st.sampled_from("and why Malaysia it OSA first who in:x from:kyodo what about ? 日本".split())
    | st.text(max_size=8),
    max_size=6,
).map(" ".join)


@given(first=TEXTS, second=TEXTS, third=TEXTS)
def test_whatever_leans_on_whatever_it_is_answered_and_what_it_took_over_is_named(
    desk: Desk, seeds: Library, first: str, second: str, third: str
) -> None:
    query = follow(follow(seeds.read(first), seeds.read(second)), seeds.read(third))
    assert len(query.words) == len(query.terms) == len(set(query.terms))
    assert query.focus is None or query.focus in query.terms
    assert query.names <= set(query.terms)
    assert all(0 < query.weight(term) <= 1 for term in query.terms)
    exchange = desk.ask(third, CLI, earlier=Thread(questions=(first, second)))
    assert ("Read as" in exchange.reply) == bool(exchange.answer.carried or exchange.answer.read_as)


def test_a_text_too_long_to_lean_on_another_is_not_read_for_that(seeds: Library) -> None:
    query = seeds.read(f"は{' ' * 20_000}b")
    began = time.process_time()
    assert not leans(query)
    assert time.process_time() - began < 1.0


# --- who may lean on what


def test_a_question_leans_on_the_same_persons_last_one(desk: Desk) -> None:
    first = desk.ask(QUESTION, asker(1))
    second = desk.ask("and Malaysia?", asker(2))
    third = desk.ask("why?", asker(3))
    assert carried(second) == ("countries", "first", "receive", "OSA")
    assert carried(third) == ("Malaysia", *carried(second))
    assert (first.follows, second.follows, third.follows) == (None, first.id, second.id)


def test_thanks_between_two_questions_do_no_harm(desk: Desk) -> None:
    for number, text in enumerate([QUESTION, "thanks", "日本は？"], 1):
        desk.ask(text, asker(number))
    assert carried(desk.ask("and Malaysia?", asker(4)))


@pytest.mark.parametrize(
    "other",
    [{"user_id": BINH}, {"chat_id": -200}, {"thread_id": 5}, {"user_id": None}],
    ids=["another person", "another chat", "another topic", "nobody knows who"],
)
def test_nobody_leans_on_what_was_asked_elsewhere_or_by_others(desk: Desk, other: dict[str, int | None]) -> None:
    desk.ask(QUESTION, asker(1))
    exchange = desk.ask("and Malaysia?", asker(2, **other))
    assert (carried(exchange), exchange.follows) == ((), None)


def test_those_whom_nobody_can_tell_apart_do_not_lean_on_each_other(desk: Desk) -> None:
    desk.ask(QUESTION, asker(1, user_id=None))
    assert carried(desk.ask("and Malaysia?", asker(2, user_id=None))) == ()


def test_a_reply_leans_on_what_it_replies_to_whoever_asked_that_and_whenever(desk: Desk) -> None:
    first = desk.ask(QUESTION, asker(1))
    desk.note_reply(first, 2)
    desk.ask("Who is Nobuo Kishi?", asker(3, user_id=BINH))
    for replied_to in (1, 2):
        late = asker(4, user_id=BINH, replies_to=replied_to, sent_at=first.asked_at + dt.timedelta(days=3))
        assert desk.ask("Malaysia?", late).follows == first.id


def test_a_reply_to_something_else_leans_on_the_persons_own_question(desk: Desk) -> None:
    first = desk.ask(QUESTION, asker(1))
    assert desk.ask("and Malaysia?", asker(3, replies_to=2)).follows == first.id


@pytest.mark.parametrize(("minutes", "leant"), [(9, True), (11, False)])
def test_after_ten_minutes_it_is_another_subject(desk: Desk, minutes: int, leant: bool) -> None:
    first = desk.ask(QUESTION, asker(1))
    later = asker(2, sent_at=first.asked_at + dt.timedelta(minutes=minutes))
    assert bool(carried(desk.ask("and Malaysia?", later))) == leant
    assert bool(carried(desk.ask("and Malaysia?", later, earlier=desk.thread(first)))) == leant


def test_what_was_asked_is_remembered_over_a_restart(seeds: Library, database: DeskDatabase) -> None:
    open_desk(read_settings(), seeds, database).ask(QUESTION, asker(1))
    open_desk(read_settings(), seeds, database).ask("and Malaysia?", asker(2))
    assert carried(open_desk(read_settings(), seeds, database).ask("why?", asker(3)))[0] == "Malaysia"


def test_a_question_that_is_no_longer_on_record_is_not_leaned_on(desk: Desk, log: ExchangeLog) -> None:
    first = desk.ask(QUESTION, asker(1))
    desk.ask("and Malaysia?", asker(2))
    with log.database.writing() as db:
        db.execute("delete from citations where exchange_id = ?", [first.id])
        db.execute("delete from exchanges where id = ?", [first.id])
    assert carried(desk.ask("why?", asker(3))) == ("Malaysia",)


def test_many_questions_without_a_word_of_their_own_still_lean_on_the_first_but_not_endlessly(desk: Desk) -> None:
    desk.ask(QUESTION, asker(1))
    exchanges = [desk.ask("why?", asker(number)) for number in range(2, 40)]
    assert all(carried(exchange) == ("countries", "first", "receive", "OSA") for exchange in exchanges[:7])
    threads = [desk.thread(exchange) for exchange in exchanges]
    assert max(len(thread.questions) for thread in threads if thread) == 8


# --- on the command line


def test_chat_reads_a_question_with_the_one_before_it() -> None:
    done = policydesk("chat", stdin=f"{QUESTION}\nthanks\nand Malaysia?\nWho is Nobuo Kishi?\n")
    assert (
        done.stdout.count("Read as: and Malaysia, with countries, first, receive, OSA from the question before.") == 1
    )
    assert done.stdout.count("Read as") == 1


def test_ask_explains_what_a_question_took_over() -> None:
    done = policydesk("ask", "and Malaysia?", "--following", QUESTION, "--explain")
    assert "Taken over from the question before, and what each is worth beside its own words: countries (0.40)" in (
        done.stdout
    )


# --- the judged conversations


def found(support: object, findings: Findings) -> bool:
    spans = [JudgedSpan.model_validate(span) for span in support]  # type: ignore[attr-defined]
    shown = [h.passage for h in findings.hits[:3]]
    return any(supports(JudgedSpan(file=p.file, start=p.start, end=p.end), span) for p in shown for span in spans)


def test_second_questions_find_as_much_as_the_same_written_out_in_full(desk: Desk, seeds: Library) -> None:
    """hit@3 over the judged conversations is at most five points below that of the questions in full."""
    conversations = judged("followups.jsonl")
    assert len(conversations) >= 25
    hits = {"second": 0, "full": 0}
    for conversation in conversations:
        first, second, full = (str(conversation[name]) for name in ("first", "second", "full"))
        thread = (first,) if leans(seeds.read(second)) else ()
        hits["second"] += found(conversation["support"], desk.answer_with_findings(second, earlier=thread).findings)
        hits["full"] += found(conversation["support"], desk.answer_with_findings(full).findings)
    assert hits["second"] / len(conversations) >= hits["full"] / len(conversations) - 0.05


def test_independent_questions_asked_one_after_the_other_are_answered_as_if_alone(desk: Desk) -> None:
    """At most one in a hundred of the judged questions is read with the one before it."""
    questions = [str(line["question"]) for line in judged("questions.jsonl")]
    read_with = [
        second
        for number, (first, second) in enumerate(pairwise(questions), 1)
        if carried(desk.ask(second, asker(2 * number), earlier=Thread(questions=(first,))))
    ]
    assert len(read_with) <= len(questions) / 100
