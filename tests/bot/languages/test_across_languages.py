"""In the chat and on the command line: a question in one language answered from articles in another."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.app import Office
from bot.emulator.web.server import Emulator
from retrieval.library import Library
from tests.support.desk import policydesk, serving, trilingual_folder, write

Open = Callable[..., Office]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return trilingual_folder(tmp_path)


@pytest.fixture
async def telegram(root: Path, office_of: Open) -> AsyncIterator[Emulator]:
    async with serving(office_of(root)) as emulator:
        yield emulator


async def ask(telegram: Emulator, code: str, question: str) -> str:
    chat = telegram.private_chat(telegram.person("Aiko", language_code=code))
    return (await chat.reply_to(chat.say(question))).text or ""


async def test_a_japanese_question_is_answered_from_english_articles_and_says_so(telegram: Emulator) -> None:
    reply = await ask(telegram, "ja", "カムランに寄港した日本の艦艇は何ですか？")
    assert reply.startswith("次のように読み取りました：カムラン = Cam Ranh、寄港 = port call、日本 = Japan、")
    assert "“The JS Izumo helicopter carrier — the largest ship" in reply
    assert ":23、英語" in reply


async def test_a_vietnamese_question_is_answered_from_japanese_articles_and_says_so(telegram: Emulator) -> None:
    reply = await ask(telegram, "vi", "Nhật Bản dành bao nhiêu tiền ngân sách cho OSA?")
    assert reply.startswith("Được hiểu là: Nhật Bản = 日本, ")
    assert "“日本は2023年度の予算に、OSAの費用として20億円を計上している。”" in reply
    assert ":9, bằng tiếng Nhật" in reply


async def test_a_question_in_the_language_of_its_quote_tells_neither(telegram: Emulator) -> None:
    reply = await ask(telegram, "vi", "Cảnh sát biển Việt Nam nhận bao nhiêu tàu tuần tra?")
    assert reply.startswith("“Cảnh sát biển Việt Nam sẽ nhận sáu tàu tuần tra")
    assert "bằng tiếng" not in reply


def test_the_language_quoted_first_is_a_setting(root: Path) -> None:
    question = "Which prime ministers met in Hanoi?"
    told = policydesk("ask", question, "--articles", root, POLICYDESK_FIRST_LANGUAGE="ja").stdout
    assert "[1] 石破首相、ハノイでチン首相と会談" in told
    wrong = policydesk("ask", question, POLICYDESK_FIRST_LANGUAGE="fr")
    assert (wrong.returncode, "POLICYDESK_FIRST_LANGUAGE" in wrong.stderr) == (2, True)


def test_a_desks_own_glossary_counts_beside_the_shipped_one(root: Path, tmp_path: Path) -> None:
    write(own := tmp_path / "own.tsv", "Izumo helicopter carrier\tかがやき号\t\tterm\n")
    question = "かがやき号はどこに寄港しましたか？"
    reply = policydesk("ask", question, "--articles", root, POLICYDESK_GLOSSARY=str(own)).stdout
    assert "かがやき号 = Izumo helicopter carrier" in reply
    assert "docked at the Vietnamese port of Cam Ranh in June" in reply


def test_a_glossary_that_cannot_be_used_ends_the_command_with_the_line_and_the_cure(tmp_path: Path) -> None:
    write(own := tmp_path / "own.tsv", "Izumo\tいずも\n")
    told = policydesk("ask", "Who?", POLICYDESK_GLOSSARY=str(own))
    assert told.returncode == 2
    assert told.stderr.startswith(f"policydesk: Line 1 of the glossary {own} does not have four columns: ")


def test_lines_are_proposed_from_right_answers(root: Path, tmp_path: Path) -> None:
    """A word that nothing renders, and the one name of the right sentence that no word of the question stands for."""
    article = next(a for a in Library.open(root).articles if a.file.startswith("001_"))
    quote = "The JS Izumo helicopter carrier"
    start = article.text.index(quote)
    span = {"file": article.file, "start": start, "end": start + len(quote)}
    judged = {"id": "a", "question": "かがやき号は何ですか？", "answerable": True, "support": [span]}
    write(questions := tmp_path / "judged.jsonl", json.dumps(judged) + "\n")
    told = policydesk("glossary", "learn", questions, "--articles", root)
    assert told.stdout == ""
    assert "no right answer in another language holds a word that the glossary lacks" in told.stderr
    judged["question"] = "日本のイルカノソラは何ですか？"
    write(questions, json.dumps(judged) + "\n")
    told = policydesk("glossary", "learn", questions, "--articles", root)
    assert told.stdout == "# right answers: 1\nJS Izumo\tイルカノソラ\t\tterm\n"
