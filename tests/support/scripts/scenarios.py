"""The script of a recording: judged and odd questions, conversations, commands, and pages for reviewers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.desk import JUDGMENTS

LONG = "Which countries were the first to receive OSA and which of them are in Southeast Asia? "
EDGES = (
    *("", " ", "?", "!?!", "🙂", "the of and", "\x00\x1b[31mred", "\ud800", "a", "OSA", "osa malaysia", "O.S.A."),
    *("Hello", "hi there", "thanks", "ok thanks", "bye", "who are you?", "what can you do", "help", "This is wrong."),
    *(
        "/start",
        "/ask",
        "/ask Who is Nobuo Kishi?",
        "/help",
        "/sources",
        "/ask@policydesk_bot What is OSA?",
        "/nothing",
    ),
    *(
        "Who is <b>Kishi</b>?",
        "What is OSA & what is <script>alert(1)</script>?",
        "[link](https://x.test) OSA *bold* _it_",
    ),
    *("Who chairs the union? after:2020", "OSA before:2020", "OSA after:soon", "OSA before:2023-13", "OSA after:"),
    *("OSA after:2024 before:2023", "OSA in:asia", "OSA in:?", "OSA from:kyodo", "Who signed the deal? from:kyodo"),
    *("OSA from:nobody", "after:2023", "in:asia from:kyodo", "from:kyodo from:jiji ships"),
    *(
        "日本は？",
        "最初にOSAを受けた国はどこですか",
        "岸信夫とは誰ですか？",
        "こんにちは",
        "ありがとう",
        "ﾍﾞﾄﾅﾑ",
        "日本 Vietnam OSA",
    ),
    *(
        "OSA là gì?",
        "Ai là bộ trưởng quốc phòng Nhật Bản?",
        "Xin chào",
        "cảm ơn",
        "Những nước nào nhận OSA?",
        "Nhật Bản",
    ),
    *("Какие страны получили OSA?", "¿Qué es OSA?", "ما هو OSA؟", "哪些国家是第一批?", "OSA가 무엇입니까?"),
    *(LONG * 12, "OSA " * 3_000, "x" * 5_000, "Who is " + "very " * 300 + "Kishi?"),
    *(
        "Who is Nobou Kishi?",
        "Wich countrys recieve OSA",
        "kishida thuong",
        "WHO SIGNED THE DEAL?",
        "who signed the deal",
    ),
    *("What is OSA? Who is Nobuo Kishi?", "List the recipients of OSA", "How many countries have signed such a deal?"),
    *("Is it true that Japan sells ships to Vietnam?", "Did Malaysia receive OSA in 2023?", "latest news on OSA"),
    *(
        "What was first, the two-plus-two or OSA?",
        "What happened this year in Hanoi?",
        "and Malaysia?",
        "why?",
        "tell me more",
    ),
    *(
        "Compare Kishi and Kamikawa",
        "“rules-based order”",
        '"any unilateral attempt"',
        "OSA -Malaysia",
        "OSA OR Malaysia",
    ),
    *("Who won the football world cup in 2022?", "Who is the king of Zanzibar?", "capital of France", "1+1", "2023"),
)
"""Asked of the five articles, each for itself."""

_FILTERS = """
    after:2022|before:2022|after:2022-02 before:2023|in:ferries|in:FERRIES in:foreign-affairs|from:daily|from:kesta-post
    in:ferries from:daily|after:2030|before:2000|after:2024 before:2023|after:soon|in:africa|from:kyodo|from:dail|in:
    after：2022|(after: 2022)|in:ferries after:2023 from:post
""".strip()
DATED_QUESTIONS = tuple(
    f"{words} {written.strip()}"
    for words in ("What does a ticket for the ferry cost?", "latest on patrol boats")
    for written in _FILTERS.replace("\n", "|").split("|")
)
"""Asked of articles with dates, publishers and collections."""

THREADS = (
    ("Which countries were the first to receive OSA?", "and Malaysia?", "why?", "thanks", "who else?", "more", "more"),
    (
        "Who is Nobuo Kishi?",
        "more",
        "edit: Who is Yoko Kamikawa?",
        "edit: Who is Yoko Kamikawa?",
        "when was that?",
        "more",
    ),
    ("Who signed the deal? from:kyodo", "when was that?", "and in Hanoi? before:2030", "edit: and in Tokyo?", "more"),
    (
        "hello",
        "What is OSA?",
        "edit: hello",
        "Is it free?",
        "edit: What is OSA?",
        "how many?",
        "日本は？",
        "more",
        "more",
    ),
    (
        "Who won the world cup?",
        "and Japan?",
        "more",
        "Where did the Izumo dock?",
        "when?",
        "And in 2023?",
        "who signed it?",
    ),
    (
        "OSA",
        "Malaysia?",
        "Philippines?",
        "tell me more",
        "which ones?",
        "more",
        "edit: OSA Fiji",
        "more",
        "this is wrong",
    ),
)
"""Asked in a chat, one after the other and each in all three languages."""

COMMANDS = """
    sources|sources --json|sources --check|sources --check --json|sources --articles dated
    sources --articles dated --json
    sources --articles nowhere|sources --check --articles dated|config|history|history --json --limit 60
    history --outcome abstained|history --search Malaysia|history --search "(("|history --feedback down --json
    history --verdict wrong|history --verdict disputed --json|history --verdict none --limit 3
    history --chat -100 --limit 5
    history --since 2026-03 --until 2026-03-02|history --since soon|history show 1|history show 1 --json|history show 2
    history show 40 --json|history show 500|history show 500 --json|history show 999999|history export --format csv
    history export --format jsonl|history export --format md --search Malaysia|history export --format html --search OSA
    history --verdict right export --format md|history export --format csv --output out.csv|history export --format pdf
    verify 1|verify --all|verify --all --json|verify|replay 1|replay 1 --json|replay 2|replay --all --json|replay --all
    evaluate judgments/questions.jsonl|evaluate judgments/questions.jsonl --json|evaluate judgments/pairs.jsonl
    run judgments/questions.jsonl --output run.jsonl|judgments export|access list|access list --json|inbox list
    inbox list --json|inbox retry 5|reviewers list|index|index dated|backup copy.db|backup copy.db|doctor|doctor --json
    ask "What is OSA?"|ask "What is OSA?" --json|ask "What is OSA?" --explain|ask "What is OSA?" --explain --json
    ask "and Malaysia?" --following "Which countries were the first to receive OSA?" --explain|ask hello
    ask "" --explain
    ask "List the recipients of OSA" -k 2|ask "OSA in:asia" --explain|ask "ticket in:ferries" --articles dated --explain
    ask "Who won the world cup?" --json|ask OSA -k 0|ask|ask OSA --articles nowhere|chat|nothing|verify 7 --json
    access approve 5|access approve 5 --role curator|access deny 6|access revoke 5|access revoke 6|retain --days 0
    add judgments/README.md --articles dated --collection notes --yes|sources --articles dated|add missing.pdf --yes
    verify --all --articles dated|sources --check --articles dated --json
"""
"""Given to the command line in this order, over the record of all questions before."""

PAGES = """
    /|/inbox|/inbox?status=all|/inbox?status=all&before=300|/inbox?status=reviewed|/inbox?status=second
    /inbox?status=disputed|/inbox?outcome=abstained|/inbox?chat=-100&status=all|/inbox?search=Malaysia&status=all
    /inbox?search=((|/inbox?feedback=down&status=all|/inbox?since=2026-03-02&until=2026-03-02|/inbox?status=odd
    /exchange/1|/exchange/2|/exchange/3|/exchange/40|/exchange/500|/exchange/600|/exchange/630|/exchange/999999
    /exchange/1/choose|/exchange/1/choose?find=OSA|/exchange/1/choose?open=003_e5f3be33e5a72950.txt
    /exchange/1/choose?open=000_bfb3414aa8724157.txt&line=3|/exchange/1?file=003_e5f3be33e5a72950.txt&start=0&end=71
    /exchange/1?file=003_e5f3be33e5a72950.txt&start=340&end=466
    /articles|/articles?sort=least|/articles?sort=odd|/articles?start=2|/article?file=001_dd85be5707bc16ac.txt
    /article?file=003_e5f3be33e5a72950.txt&line=5|/article?file=../etc/passwd|/gaps?SPAN|/gaps?since=2026-03-03&until=soon
    /dashboard?SPAN|/dashboard?since=2026-03-02&until=2026-03-02|/dashboard/odd.csv?SPAN|/exchange/1/verdict|/log|/nothing
    /-/login|/-/logout|/dashboard/questions.csv?SPAN|/dashboard/latencies.csv?SPAN|/dashboard/feedback.csv?SPAN
    /dashboard/verdicts.csv?SPAN|/dashboard/chats.csv?SPAN|/dashboard/sources.csv?SPAN|/dashboard/agreement.csv?SPAN
"""
"""Opened by a reviewer; SPAN stands for the days that the record is of."""


class Question(NamedTuple):
    """A question, its key in the recording, and the questions it may lean on."""

    key: str
    text: str
    earlier: tuple[str, ...] = ()


def questions() -> Iterator[Question]:
    """The judged questions, those in other languages, beginnings of sentences, and the edges; the same each time."""
    for line in _lines(JUDGMENTS / "questions.jsonl"):
        yield Question(f"judged/{line['id']}", line["question"], tuple(line.get("earlier", ())))
    for line in _lines(JUDGMENTS / "followups.jsonl"):
        yield Question(f"followed/{line['id']}", line["second"], (line["first"],))
        yield Question(f"whole/{line['id']}", line["full"])
    for name, texts in json.loads((JUDGMENTS / "languages.json").read_text(encoding="utf-8")).items():
        yield from (Question(f"language/{name}/{number}", text) for number, text in enumerate(texts))
    for file, texts in json.loads((JUDGMENTS / "sentences.json").read_text(encoding="utf-8")).items():
        for number, text in enumerate(texts):
            yield Question(f"sentence/{file}/{number:03}", " ".join(text.split()[:10]))
    yield from (Question(f"edge/{number:03}", text) for number, text in enumerate(EDGES))


def dated_questions() -> Iterator[Question]:
    """Questions for `dated_articles`, whose filters leave some of them."""
    ages = json.loads((JUDGMENTS / "ages.json").read_text(encoding="utf-8"))
    texts = (*(line["question"] for line in ages["questions"]), *DATED_QUESTIONS)
    yield from (Question(f"dated/{number:03}", text) for number, text in enumerate(texts))


def dated_articles(root: Path) -> Path:
    """A folder with the dated articles of `ages.json`, in two collections and by two publishers."""
    ages = json.loads((JUDGMENTS / "ages.json").read_text(encoding="utf-8"))
    for number, (name, text) in enumerate(ages["articles"].items()):
        folder = root / ("ferries", "foreign affairs", ".")[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        front = f"---\npublisher: {('Daily News', 'The Kesta Post')[number % 2]}\n---\n\n"
        (folder / name).write_text(front + text, encoding="utf-8")
    return root


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())
