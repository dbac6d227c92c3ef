"""A group's afternoon as a script: eight people in three topics, 400 messages, of which 120 are for the bot."""

import json
import random
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.emulator.objects import Message
from bot.emulator.people.people import Group
from bot.emulator.web.server import Emulator
from tests.support.desk import JUDGMENTS
from tests.support.osa import QUESTION

PEOPLE = ("Aiko", "Binh", "Chika", "Dung", "Emi", "Phuong", "Goro", "Hoa")
TOPICS = ("Trade", "Security", "Diplomacy")
MESSAGES, FOR_THE_BOT = 400, 120
BREATH = 10
"""After how many messages people wait for what was asked."""
WAYS = ("/ask {}", "/ask@policydesk_bot {}", "@policydesk_bot {}", "{} @PolicyDesk_bot", "reply")
FOLLOW_UPS = ("and Malaysia?", "when was that?", "why?", "and in Hanoi?", "who else?")
SMALL_TALK = (
    "Good morning, all.",
    "Has anybody seen the joint statement?",
    QUESTION,
    "/ask@other_bot Who signed it?",
    "/weather Hanoi",
    "@Binh and Malaysia?",
    "mail policydesk_bot about it",
    "why?",
    "🙂",
    "Lunch at one, then the call with Hanoi: agenda, minutes, figures. " * 20,
)


class Line(NamedTuple):
    """What somebody says: in which way, or as small talk, and where."""

    person: str
    topic: str
    words: str
    way: str | None


class Said(NamedTuple):
    """A question that was asked, its answer, and the seconds between them."""

    asked: Message
    reply: Message
    seconds: float


def script(seed: int = 4) -> list[Line]:
    """The afternoon, the same for the same seed."""
    dice = random.Random(seed)
    lines = (JUDGMENTS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [*(json.loads(line)["question"] for line in lines), *FOLLOW_UPS * 4]
    asking = {*dice.sample(range(MESSAGES), FOR_THE_BOT)}
    return [_line(dice, questions if number in asking else None) for number in range(MESSAGES)]


def _line(dice: random.Random, questions: list[str] | None) -> Line:
    person, topic = dice.choice(PEOPLE), dice.choice(TOPICS)
    if questions is None:
        return Line(person, topic, dice.choice(SMALL_TALK), None)
    return Line(person, topic, dice.choice(questions), dice.choice(WAYS))


class Afternoon:
    """The group in which the script is played.

    Attributes:
        forum: The group.
        small_talk: What was said that is not for the bot.
    """

    def __init__(self, telegram: Emulator) -> None:
        self._people = {name: telegram.person(name) for name in PEOPLE}
        self.forum: Group = telegram.forum("Desk", self._people.values(), TOPICS)
        self.small_talk: list[Message] = []

    async def play(self, lines: list[Line]) -> list[Said]:
        """Say everything in turn, and wait now and then for the answers.

        Args:
            lines: The script.

        Returns:
            What was asked, in order, with the answers.
        """
        said: list[Said] = []
        for start in range(0, len(lines), BREATH):
            asked = [(message, time.perf_counter()) for message in self._say(lines[start : start + BREATH])]
            for message, at in asked:
                reply = await self.forum.reply_to(message, timeout=60)
                said.append(Said(message, reply, time.perf_counter() - at))
        return said

    def _say(self, lines: list[Line]) -> Iterator[Message]:
        """Say some lines; those for the bot are handed out."""
        for line in lines:
            if line.way is None:
                self.small_talk.append(self._chat(line))
            else:
                yield self._ask(line, line.way)

    def _chat(self, line: Line) -> Message:
        """Say something to the others, as a reply to what one of them said last in that topic."""
        earlier = self._last(self.small_talk, line.topic)
        return self.forum.say(line.words, self._people[line.person], reply_to=earlier, topic=line.topic)

    def _ask(self, line: Line, way: str) -> Message:
        """Ask the bot something; by reply where it has said something in that topic already, else by mention."""
        answer = self._last(self.forum.bot_messages, line.topic) if way == "reply" else None
        way = {"reply": "{}" if answer else "@policydesk_bot {}"}.get(way, way)
        return self.forum.say(way.format(line.words), self._people[line.person], reply_to=answer, topic=line.topic)

    def _last(self, messages: Sequence[Message], topic: str) -> Message | None:
        number = self.forum.topic(topic)
        return next((message for message in reversed(messages) if message.message_thread_id == number), None)
