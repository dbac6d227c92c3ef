"""Hostile files sent to the running bot: each gets a clear line, none lands, and it goes on in little memory."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.emulator.people.people import Conversation
from bot.emulator.web.server import Emulator
from bot.emulator.world.state import FIRST_PERSON
from retrieval.documents.models import ReadingLimits
from tests.support.bots.served import served
from tests.support.hostile_files import HOSTILE, READS, SAMPLE, Hostile

MEMORY = 400_000_000
TEXT = "Wind\n\nThe council of Samoa built a wind farm near Apia.\n"


async def test_none_crashes_the_bot_none_lands_and_memory_stays_under_400_mb(
    folder: Callable[..., Path], pytestconfig: pytest.Config
) -> None:
    """Every thirtieth file; `make hostile` sends all of them."""
    hostile = HOSTILE if pytestconfig.getoption("--all-hostile") else HOSTILE[SAMPLE // 2 :: 2 * SAMPLE]
    root = folder(wind=TEXT)
    settings = {"POLICYDESK_ARTICLES": str(root), "POLICYDESK_OWNERS": str(FIRST_PERSON)}
    async with Emulator() as telegram, served(telegram, **settings) as bot:
        chat = telegram.private_chat(telegram.person("Aiko"))
        said = await _send_all(chat, hostile)
        answer = await chat.reply_to(chat.say("Who built a wind farm near Apia?"), timeout=60)
        memory = _peak(bot.pid)
    assert "The council of Samoa built" in (answer.text or "")
    wrong = {file.name: words for file, words in zip(hostile, said, strict=True) if not _is_expected(file, words)}
    assert wrong == {}
    assert [path.name for path in root.rglob("*")] == ["wind.txt"]
    assert memory + ReadingLimits().memory < MEMORY, memory


async def _send_all(chat: Conversation, hostile: Sequence[Hostile]) -> list[str]:
    """Send one file after the other; what could be read is discarded again."""
    said = []
    for file in hostile:
        reply = await chat.reply_to(chat.send_document(file.make(), file.name, None), timeout=90)
        said.append(reply.text or "")
        if reply.buttons():
            chat.press(reply, "Discard")
            await chat.next_edit(reply, timeout=30)
    return said


def _is_expected(file: Hostile, words: str) -> bool:
    if file.said == READS or words.startswith("I have read"):
        return words.startswith("I have read") and (file.said == READS or re.search(file.said, "") is not None)
    if "larger than" in words and "larger than" in file.said:
        return True
    return bool(re.fullmatch(r"I cannot add \S+: [^;]+; [^;]+\.", words) and re.search(file.said, words))


def _peak(pid: int) -> int:
    """Most memory that a process has had, in bytes; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii")) if status.exists() else None
    return 1024 * int(found[1]) if found else 0
