"""Whether what is on record still holds: quotes are looked up in today's articles, questions asked again of them."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import Office
from bot.desk.asker import Asker
from bot.record.replay import ReplayDifference, compare_places
from prompts.models import Channel
from storage.chats.collection_choices import CollectionChoices
from storage.record.people import PeopleRecord
from storage.verdicts.book import VerdictBook
from storage.verdicts.models import BetterQuote, Ruling, Verdict
from tests.support.desk import CLI, policydesk, write
from tests.support.ships import QUOTE, TONGA

ASKED = "How many patrol ships did Japan hand to Tonga?"
OTHER = "Other news\n\nThe council of Samoa met in Apia on Friday.\n"
Open = Callable[..., Office]
Folder = Callable[..., Path]


@pytest.fixture
def root(folder: Folder) -> Path:
    return folder(tonga=TONGA, other=OTHER)


@pytest.fixture
def office(root: Path, office_of: Open) -> Office:
    """A desk that has answered one question, and refused one."""
    office = office_of(root)
    assert office.desk.ask(ASKED, CLI).answer.citations[0].quote == QUOTE
    assert office.desk.ask("zebra quiz?", CLI).answer.outcome == "abstained"
    return office


def verified(root: Path, which: str = "--all") -> tuple[int, str, list[dict[str, object]]]:
    """The exit code, the state of the quote, and what is listed."""
    ended = policydesk("verify", which, "--articles", root, "--json")
    found = json.loads(ended.stdout)
    (state,) = [name for name, count in found["counts"].items() if count]
    return ended.returncode, state, found["quotes"]


# --- verify


@pytest.mark.usefixtures("office")
@pytest.mark.both_dialects
def test_quotes_that_stand_where_they_stood_are_unchanged(root: Path) -> None:
    write(root / "tonga", TONGA + "\nMore news follows.\n")
    assert verified(root) == (0, "unchanged", [])
    code, state, (quote,) = verified(root, "1")
    assert (code, state, quote["file"], quote["line"], quote["quote"]) == (
        0,
        "unchanged",
        "tonga.txt",
        3,
        QUOTE,
    )


@pytest.mark.usefixtures("office")
def test_a_quote_on_another_line_has_moved_there_and_stands(root: Path) -> None:
    write(root / "tonga", "Ships for Tonga\n\nCorrected on Friday.\n\n" + QUOTE + "\n")
    code, state, (quote,) = verified(root)
    assert (code, state, quote["line"], quote["exchanges"]) == (0, "moved", 3, [1])
    assert quote["now"] == {"state": "moved", "file": "tonga.txt", "line": 5, "start": 39}
    shown = policydesk("verify", "--all", "--articles", root)
    assert re.search(r"moved\s+tonga.txt:3\s+tonga.txt:5\s+Japan handed", shown.stdout)
    assert shown.stdout.endswith("Quotes: 0 unchanged, 1 moved, 0 changed, 0 gone.\n")


@pytest.mark.usefixtures("office")
def test_a_quote_in_a_renamed_article_has_moved_with_it(root: Path) -> None:
    (root / "pacific").mkdir()
    (root / "tonga.txt").rename(root / "pacific" / "tonga.txt")
    code, state, (quote,) = verified(root)
    assert (code, state, quote["now"]) == (
        0,
        "moved",
        {"state": "moved", "file": "pacific/tonga.txt", "line": 3, "start": 17},
    )


@pytest.mark.usefixtures("office")
def test_a_quote_that_is_a_word_off_has_changed_and_the_exit_code_says_so(root: Path) -> None:
    write(root / "tonga", TONGA.replace("seven", "eight"))
    assert verified(root)[:2] == (1, "changed")
    assert verified(root, "1")[:2] == (1, "changed")


@pytest.mark.usefixtures("office")
def test_a_quote_without_its_article_is_gone(root: Path) -> None:
    (root / "tonga.txt").unlink()
    assert verified(root)[:2] == (1, "gone")


@pytest.mark.both_dialects
def test_a_quote_given_often_is_listed_once_with_the_newest_who_were_given_it(office: Office, root: Path) -> None:
    for _ in range(7):
        office.desk.ask(ASKED, CLI)
    (root / "tonga.txt").unlink()
    _, _, (quote,) = verified(root)
    assert (quote["times"], quote["exchanges"]) == (8, [9, 8, 7, 6, 5])
    assert "9, 8, 7, 6, 5 and 3 more" in re.sub(r"\s+", " ", policydesk("verify", "--all", "--articles", root).stdout)


def test_an_answer_without_quotes_and_an_empty_record_stand(root: Path, office_of: Open) -> None:
    assert policydesk("verify", "--all", "--articles", root).returncode == 0
    office_of(root).desk.ask("zebra quiz?", CLI)
    assert policydesk("verify", "1", "--articles", root).returncode == 0


@pytest.mark.both_dialects
def test_what_was_forgotten_is_neither_verified_nor_replayed(office_of: Open, root: Path) -> None:
    office = office_of(root)
    office.desk.ask(ASKED, Asker(channel=Channel.TELEGRAM, chat_id=5, user_id=5, message_id=1))
    PeopleRecord(office.database).forget(5)
    (root / "tonga.txt").unlink()
    assert policydesk("verify", "--all", "--articles", root).returncode == 0
    assert "No exchange 1 is on record" in policydesk("verify", "1", "--articles", root).stderr
    assert "No exchange 1 is on record" in policydesk("replay", "1", "--articles", root).stderr
    assert replayed(root) == ({}, [])


@pytest.mark.parametrize("command", ["verify", "replay"])
@pytest.mark.parametrize("arguments", [[], ["1", "--all"], ["0"], ["many"], ["9" * 30]])
def test_one_exchange_or_all_must_be_named(command: str, arguments: list[str]) -> None:
    ended = policydesk(command, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr


# --- replay


def replayed(root: Path, which: str = "--all") -> tuple[dict[str, int], list[dict[str, object]]]:
    """How many differ how, and all that was asked again."""
    ended = policydesk("replay", which, "--articles", root, "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    return {name: count for name, count in found["counts"].items() if count}, found["questions"]


@pytest.mark.usefixtures("office")
def test_the_same_articles_give_the_same_answers_and_nothing_is_logged(root: Path) -> None:
    counts, asked = replayed(root)
    assert (counts, [entry["id"] for entry in asked]) == ({"same": 2}, [2, 1])
    assert len(json.loads(policydesk("history", "--json").stdout)) == 2
    assert policydesk("replay", "--all", "--articles", root).stdout.startswith("Questions: 2 same, 0 better-placed")


@pytest.mark.usefixtures("office")
def test_other_articles_are_judged_before_they_are_used(tmp_path: Path, root: Path) -> None:
    other = tmp_path / "next"
    write(other / "zebra.txt", "The zebra quiz\n\nThe zebra quiz was held in Apia on Friday.\n")
    write(other / "other.txt", OTHER)
    assert replayed(other)[0] == {"newly abstained": 1, "newly answered": 1}
    shown = re.sub(r"\s+", " ", policydesk("replay", "--all", "--articles", other).stdout)
    assert f"1 {ASKED} newly abstained tonga.txt:3 -" in shown
    assert replayed(root, "1")[0] == {"same": 1}


@pytest.mark.usefixtures("office")
def test_a_quote_that_is_given_no_more_is_lost(root: Path) -> None:
    write(root / "tonga", TONGA.replace("on Monday", "on Tuesday"))
    counts, (_, asked) = replayed(root)
    assert counts == {"same": 1, "lost": 1}
    assert (asked["judged"], asked["difference"]) == (False, "lost")


@pytest.mark.both_dialects
def test_what_reviewers_say_is_right_decides(office: Office, root: Path) -> None:
    write(root / "tonga", TONGA.replace("seven patrol ships", "eight patrol ships"))
    better = QUOTE.replace("seven", "eight")
    book = VerdictBook(office.database)
    at = dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
    chosen = BetterQuote(file="tonga.txt", start=17, end=17 + len(better), quote=better)
    book.give(Verdict(exchange_id=1, reviewer="A", verdict=Ruling.WRONG, better=chosen, given_at=at))
    book.close()
    counts, (_, asked) = replayed(root)
    assert (counts, asked["judged"]) == ({"same": 1, "better-placed": 1}, True)


def test_a_follow_up_is_asked_again_with_what_it_leaned_on(office_of: Open, root: Path) -> None:
    desk = office_of(root).desk
    desk.ask("and Tonga?", CLI, earlier=desk.thread(desk.ask("How many patrol ships did Japan hand to Samoa?", CLI)))
    counts, (asked, _) = replayed(root)
    assert counts == {"same": 2}
    assert asked["then"]


def test_a_question_is_asked_again_of_the_collections_its_chat_is_tied_to(office_of: Open, root: Path) -> None:
    office = office_of(root)
    write(root / "pacific" / "fiji.txt", TONGA.replace("Tonga", "Fiji"))
    office.desk.ask(ASKED, Asker(channel=Channel.TELEGRAM, chat_id=5, user_id=5, message_id=1))
    CollectionChoices(office.database).tie(5, None, ["pacific"])
    assert replayed(root)[0] in ({"newly abstained": 1}, {"lost": 1})


def test_further_passages_are_no_question_of_their_own(office: Office, root: Path) -> None:
    with office.database.writing() as db:
        db.execute("update exchanges set more_of = 1 where id = 2")
    assert [entry["id"] for entry in replayed(root)[1]] == [1]
    ended = policydesk("replay", "2", "--articles", root)
    assert (ended.returncode, ended.stderr) == (
        2,
        "policydesk: Exchange 2 is no question: it shows more of 1, replay that.\n",
    )


@pytest.mark.parametrize(
    ("then", "now", "right", "difference"),
    [
        ("ab", "ab", "ab", ReplayDifference.SAME),
        ("ab", "abc", "ab", ReplayDifference.SAME),
        ("ab", "ac", "ab", ReplayDifference.LOST),
        ("ab", "ac", "a", ReplayDifference.SAME),
        ("ab", "ba", "b", ReplayDifference.BETTER),
        ("ab", "ba", "a", ReplayDifference.WORSE),
        ("ab", "ca", "a", ReplayDifference.WORSE),
        ("ab", "c", "c", ReplayDifference.BETTER),
        ("ab", "acb", "ab", ReplayDifference.WORSE),
        ("ab", "cd", "e", ReplayDifference.SAME),
    ],
)
def test_answers_are_set_against_each_other_by_where_the_right_quotes_stand(
    then: str, now: str, right: str, difference: ReplayDifference
) -> None:
    assert compare_places(then, now, right) is difference
