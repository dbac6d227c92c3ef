"""The demo: the real bot on a local Telegram, a short conversation, and a chat page to go on with."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from bot.app import Office, open_access
from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.errors import SettingsError
from bot.serving import open_for_questions
from bot.settings import SEEDS
from bot.telegram_app import stop_signal

QUESTIONS = ("Which countries were the first to receive OSA?", "Who won the football world cup in 2022?")
"""The demo's questions: one that the articles answer, one that they do not."""
SUGGESTIONS = (
    QUESTIONS[0],
    "Who chairs the Japan-Vietnam Parliamentary Friendship Union?",
    "When did the Izumo call at Cam Ranh?",
    "How many countries have signed a defense equipment deal with Japan?",
    QUESTIONS[1],
)
PORTS_TRIED = 20
COLLEAGUES = (("Haruka", "ja"), ("Minh", "vi"))
"""The other people on the chat page, and the language of their app."""
GROUP, TOPICS = "Policy desk team", ("Security assistance", "Defence industry")
"""The group on the chat page."""


def demo_articles(folder: Path) -> Path:
    """Copy the shipped articles into a folder of the demo's own, where added documents stay.

    Raises:
        SettingsError: It cannot be written.
    """
    try:
        shutil.copytree(SEEDS, folder, dirs_exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be written ({error}): name a folder of articles with --articles."
        ) from None
    return folder


async def demo(office: Office, port: int, say: Callable[[str], None], *, once: bool) -> None:
    """Run the bot on a local Telegram until interrupted, or `once` to the end of the transcript.

    The chat page is on the port, or on the next free one; `say` takes the lines of the transcript.

    Raises:
        SettingsError: No port is free.
    """
    stop = stop_signal()
    async with _emulator(port) as emulator:
        you = emulator.person("You")
        chat = emulator.private_chat(you)
        colleagues = [emulator.person(name, language_code=language) for name, language in COLLEAGUES]
        access = open_access(office.settings, office.database, you.id)
        async with open_for_questions(office, access, emulator.token, emulator.url) as receiving:
            for question in QUESTIONS:
                await _ask(chat, question, say)
            for colleague in colleagues:
                emulator.private_chat(colleague)
            emulator.forum(GROUP, [you, *colleagues], TOPICS)
            if not once:
                say(f"Chat with it at {emulator.url}/ (Ctrl-C ends).")
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({stopping, receiving}, return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
    if receiving.done() and not receiving.cancelled():
        receiving.result()


async def _ask(chat: Conversation, question: str, say: Callable[[str], None]) -> None:
    reply = await chat.next_reply(after=chat.say(question))
    say(f"> {question}\n{reply.text}\n")


@contextlib.asynccontextmanager
async def _emulator(port: int) -> AsyncIterator[Emulator]:
    """A local Telegram on a port, or on the next one that is free.

    The record goes on from demo to demo, so each counts its messages from the millisecond it began; from the second
    would not do, for a conversation of four messages is over in less than four.
    """
    for candidate in range(port, port + PORTS_TRIED):
        emulator = Emulator(candidate, suggestions=SUGGESTIONS, after=int(time.time() * 1000))
        try:
            await emulator.__aenter__()
        except OSError:
            continue
        try:
            yield emulator
        finally:
            await emulator.__aexit__(None, None, None)
        return
    raise SettingsError(f"None of the ports {port} to {port + PORTS_TRIED - 1} is free: name another with --port.")
