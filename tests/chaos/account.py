"""What became of every question of a storm, counted from Telegram's side and from the bot's database."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bot.emulator.objects import Message

if TYPE_CHECKING:
    from tests.chaos.storm import Storm

FAILURE = "Something went wrong"


class Account(NamedTuple):
    """The figures of a storm.

    Attributes:
        asked: How many questions were asked.
        lost: Those without an answer.
        doubled: Those with more than one.
        by_kill: How many answers were given twice because of each kill.
        by_fault: How many because Telegram took them without the bot's being told so.
        by_outage: How many because Telegram was lost while they were on their way.
        unmarked: Questions with more than one answer whose exchange is not marked as in doubt.
        marked: How many exchanges are marked so.
        misplaced: Answers that came before that of an earlier question of the same chat.
        missing: Questions without exactly one exchange on record.
        unheard: Answers that Telegram took without the bot's being told so.
        faults: How often each fault struck.
        corrupt: What integrity checks found.
        set_aside: Updates that were set aside.
        waiting: Updates that still wait.
    """

    asked: int
    lost: int
    doubled: int
    by_kill: Sequence[int]
    by_fault: int
    by_outage: int
    unmarked: int
    marked: int
    misplaced: int
    missing: int
    unheard: int
    faults: Mapping[str, int]
    corrupt: Sequence[str]
    set_aside: int
    waiting: int

    def wrongs(self) -> list[str]:
        """What must not be, by name."""
        counts = ("lost", "unmarked", "misplaced", "missing", "waiting")
        found = [name for name in counts if getattr(self, name)]
        return found + ["corrupt"] * bool(self.corrupt) + ["doubled by a kill"] * (max(self.by_kill, default=0) > 1)

    def lines(self) -> Iterator[str]:
        """The figures in words."""
        yield f"{self.asked} questions, {len(self.by_kill)} kills, {sum(self.faults.values())} faults:"
        yield "  " + ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        yield f"  lost {self.lost}; out of order in their chat {self.misplaced}; not once on record {self.missing}"
        yield f"  answered twice {self.doubled}, of which not marked as in doubt {self.unmarked}; marked {self.marked}:"
        yield f"    by kills {sum(self.by_kill)}, at most {max(self.by_kill, default=0)} by one of them"
        yield f"    by the {self.unheard} answers that Telegram took without the bot's being told {self.by_fault}"
        yield f"    by connections lost with Telegram {self.by_outage}"
        yield f"  integrity checks that failed {len(self.corrupt)}; set aside {self.set_aside}; waiting {self.waiting}"


def draw_up(storm: "Storm") -> Account:
    """Count what became of the questions."""
    replies = {chat.id: _replies(chat.messages) for chat in storm.chats}
    asked = [(chat_id, message.message_id) for chat_id, messages in storm.asked.items() for message in messages]
    answers = {key: replies[key[0]].get(key[1], []) for key in asked}
    doubled = [key for key in asked if len(answers[key]) > 1]
    causes = Counter(cause for key in doubled for cause in _causes(storm, key[0], answers[key]))
    with closing(sqlite3.connect(storm.database)) as database:
        logged = Counter(database.execute("select chat_id, message_id from exchanges").fetchall())
        marked = set(database.execute("select chat_id, message_id from exchanges where in_doubt").fetchall())
        states = Counter(state for (state,) in database.execute("select state from inbox"))
    struck = storm.telegram.faults.events
    return Account(
        asked=len(asked),
        lost=sum(not any(FAILURE not in (reply.text or "") for reply in answers[key]) for key in asked),
        doubled=len(doubled),
        by_kill=[causes[number] for number in range(len(storm.kills))],
        by_fault=causes["fault"],
        by_outage=causes["outage"],
        unmarked=len(set(doubled) - marked),
        marked=len(marked),
        misplaced=sum(_misplaced(storm.asked[chat_id], replies[chat_id]) for chat_id in storm.asked),
        missing=sum(logged[key] != 1 for key in asked),
        unheard=sum(each.fault.carried_out for each in struck),
        faults=Counter(f"{each.fault.kind}{' after all' if each.fault.carried_out else ''}" for each in struck),
        corrupt=tuple(storm.corrupt),
        set_aside=states["set aside"],
        waiting=states["waiting"],
    )


def _replies(messages: Sequence[Message]) -> dict[int, list[Message]]:
    """The replies to each message, by its id."""
    found: dict[int, list[Message]] = {}
    for message in messages:
        if message.reply_to_message is not None:
            found.setdefault(message.reply_to_message.message_id, []).append(message)
    return found


def _causes(storm: "Storm", chat_id: int, answers: Sequence[Message]) -> Iterator[int | str]:
    """Why each answer to a question but the last was given once more: the number of the kill, or what else it was."""
    for first, again in pairwise(answer.message_id for answer in answers):
        kills = [number for number, last in enumerate(storm.kills) if first <= last[chat_id] < again]
        if (chat_id, first) in storm.telegram.faults.lost_answers:
            yield "fault"
        else:
            yield kills[0] if kills else "outage"


def _misplaced(asked: Sequence[Message], replies: Mapping[int, list[Message]]) -> int:
    """How many first answers came before that of an earlier question."""
    first = [replies[message.message_id][0].message_id for message in asked if message.message_id in replies]
    return sum(later < earlier for earlier, later in pairwise(first))
