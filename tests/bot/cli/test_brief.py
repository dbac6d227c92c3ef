"""`policydesk brief`: quotes on a topic as a document, and `policydesk verify` of that document later."""

import json
import re
import shutil
import time
import zipfile
from pathlib import Path

import docx
import pytest

from bot.settings import SEEDS
from prompts.brief.choices import with_choice
from prompts.models import Answer
from storage.briefs.book import BriefBook
from storage.record.exchanges import ExchangeLog
from tests.support.desk import policydesk, write

RECIPIENTS = "the Philippines, Malaysia, Bangladesh and Fiji"

QUOTE_WITH_NOTE = {
    ".docx": r"<w:p>(?:(?!</w:p>).)*four recipients.*?</w:p>",
    ".md": r"\n>[^\n]*four recipients[^\n]*\n",
    ".html": r"<blockquote>(?:(?!</b).)*four recipients.*?</blockquote>",
}


def made(name: Path, topic: str = "OSA", *options: str | Path) -> Path:
    assert policydesk("brief", topic, "--output", name, *options).returncode == 0
    return name


def test_a_brief_is_printed_as_markdown_with_a_note_for_each_quote() -> None:
    text = policydesk("brief", "OSA").stdout
    assert text.startswith("# OSA\n")
    assert RECIPIENTS in text
    numbers = {int(number) for number in re.findall(r"\[\^(\d+)\]:", text)}
    assert numbers == set(range(1, len(numbers) + 1))
    assert {int(number) for number in re.findall(r"\[\^(\d+)\](?!:)", text)} == numbers
    assert "001\\_dd85be5707bc16ac.txt:17" in text


def test_every_quote_is_a_slice_of_its_article() -> None:
    answer = Answer.model_validate_json(policydesk("brief", "OSA", "--format", "json").stdout)
    for cited in answer.citations:
        assert (SEEDS / cited.file).read_bytes().decode()[cited.start : cited.end] == cited.quote
    assert answer.brief is not None
    assert answer.brief.topic == "OSA"


def test_a_brief_from_a_single_article_says_so(tmp_path: Path) -> None:
    write(tmp_path / "a", "Ships for Fiji\n\nJapan handed three patrol ships to Fiji in Suva on Monday.\n")
    text = policydesk("brief", "patrol ships", "--articles", tmp_path).stdout
    assert "from one article" in text
    assert "1 articles" not in text


def test_a_brief_is_an_exchange_with_all_its_quotes_on_record(log: ExchangeLog) -> None:
    text = policydesk("brief", "OSA", "--since", "2020").stdout
    (logged,) = log.history()
    assert (logged.question, logged.kind, logged.outcome) == ("Brief on OSA since 2020-01-01", "brief", "answered")
    assert all(cited.shown in text or cited.shown.replace("’", "’") in text for cited in logged.citations)
    kept = BriefBook(log.database).find(logged.id)
    assert kept is not None
    assert kept.plan.topic == "OSA"


def test_what_the_desk_was_asked_and_could_not_answer_is_an_open_question() -> None:
    for question in ("How many zebras received OSA?", "Who breeds zebras?", "How many zebras received OSA?"):
        policydesk("ask", question)
    text = policydesk("brief", "OSA").stdout
    assert "- How many zebras received OSA? (2×)" in text
    assert "breeds" not in text


def test_nothing_on_a_topic_exits_with_1() -> None:
    ended = policydesk("brief", "unicorns", "--format", "html")
    assert (ended.returncode, ended.stdout) == (1, "Nothing in the articles answers this: nothing on unicorns.\n")


def test_a_word_file_has_headings_footnotes_and_a_table_of_figures(tmp_path: Path) -> None:
    file = made(tmp_path / "osa.docx")
    document = docx.Document(str(file))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings[0] == "In brief"
    assert "Figures" in headings
    assert [cell.text for cell in document.tables[0].rows[0].cells] == ["Figure", "As published", "Published"]
    with zipfile.ZipFile(file) as package:
        notes = package.read("word/footnotes.xml").decode()
        body = package.read("word/document.xml").decode()
    referred = re.findall(r'<w:footnoteReference w:id="(\d+)"', body)
    assert referred == [str(number) for number in range(1, len(referred) + 1)]
    assert all(f'<w:footnote w:id="{number}"' in notes for number in referred)
    assert "001_dd85be5707bc16ac.txt:17" in notes


def test_a_word_file_needs_a_name() -> None:
    ended = policydesk("brief", "OSA", "--format", "docx")
    assert (ended.returncode, "--output" in ended.stderr) == (2, True)


def test_what_an_article_says_is_no_markup_of_the_page(tmp_path: Path) -> None:
    write(tmp_path / "a", "<b>Ships</b> & more\n\nThe frigate <script>alert(1)</script> sailed to Hanoi | twice.\n")
    page = policydesk("brief", "frigate", "--articles", tmp_path, "--format", "html").stdout
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.fixture(scope="module", params=["docx", "md", "html"])
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brief on the five articles, in each format."""
    name = tmp_path_factory.mktemp("briefs") / f"osa.{request.param}"
    assert (
        policydesk(
            "brief", "OSA", "--output", name, POLICYDESK_DATABASE=f"{name}.db", POLICYDESK_SEMANTIC="off"
        ).returncode
        == 0
    )
    return name


@pytest.fixture
def brief(original: Path, tmp_path: Path) -> Path:
    """A copy of it, and beside it one of the articles."""
    shutil.copytree(SEEDS, tmp_path / "articles")
    return Path(shutil.copy(original, tmp_path))


def verified(brief: Path) -> tuple[int, dict[str, int], dict[str, object]]:
    ended = policydesk("verify", brief, "--articles", brief.parent / "articles", "--json")
    found = json.loads(ended.stdout)
    return ended.returncode, {name: n for name, n in found["quotes"]["counts"].items() if n}, found


def test_a_brief_that_nobody_touched_stands(brief: Path) -> None:
    code, counts, found = verified(brief)
    assert (code, counts, found["is_proven"], found["altered"]) == (0, {"unchanged": 10}, True, [])


def test_quotes_that_moved_changed_or_went_are_told(brief: Path) -> None:
    articles = brief.parent / "articles"
    moved, changed, gone = (articles / f for f in sorted(path.name for path in articles.iterdir())[:3])
    moved.write_text("\n\n" + moved.read_text(encoding="utf-8"), encoding="utf-8")
    changed.write_text(changed.read_text(encoding="utf-8").replace("Fiji", "Tonga"), encoding="utf-8")
    gone.unlink()
    code, counts, _ = verified(brief)
    assert code == 1
    assert counts == {"unchanged": 4, "moved": 2, "changed": 1, "gone": 3}


def test_a_quote_that_was_changed_in_the_document_is_told(brief: Path) -> None:
    _replace(brief, "four recipients", "nine recipients")
    code, counts, found = verified(brief)
    assert (code, counts, len(found["altered"])) == (1, {"unchanged": 10}, 1)  # type: ignore[arg-type]


def test_a_quote_that_the_editor_only_broke_into_lines_stands(brief: Path) -> None:
    """Of a Word file a line break, in Markdown with or without the mark of a quotation, in a page any white space."""
    _replace(
        brief,
        "four recipients",
        {".docx": "four</w:t><w:br/><w:t>recipients", ".md": "four\n> recipients"}.get(
            brief.suffix, "four\nrecipients"
        ),
    )
    if brief.suffix == ".md":
        _replace(brief, " [^1]", "[^1]", " [^2]", "\n[^2]")
    code, _, found = verified(brief)
    assert (code, found["altered"]) == (0, [])


def test_an_altered_copy_of_a_quote_is_told(brief: Path) -> None:
    """Beside the quote itself, under the number of its note."""
    found = re.search(QUOTE_WITH_NOTE[brief.suffix], _document(brief), re.DOTALL)
    assert found
    _replace(brief, found[0], f"{found[0]}{found[0].replace('four', 'nine')}")
    code, _, told = verified(brief)
    assert (code, len(told["altered"])) == (1, 1)  # type: ignore[arg-type]


def test_words_of_another_style_within_a_quote_are_told(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "articles")
    brief = made(tmp_path / "osa.docx", "OSA", "--articles", tmp_path / "articles")
    style = '<w:rPr><w:rStyle w:val="BriefQuote"/></w:rPr>'
    _replace(brief, "four recipients", f"four </w:t></w:r><w:r><w:t>or nine </w:t></w:r><w:r>{style}<w:t>recipients")
    assert len(verified(brief)[2]["altered"]) == 1  # type: ignore[arg-type]


def test_a_quote_that_lost_its_style_is_still_compared(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "articles")
    brief = made(tmp_path / "osa.docx", "OSA", "--articles", tmp_path / "articles")
    _replace(brief, '<w:rStyle w:val="BriefQuote"/>', "")
    assert verified(brief)[2]["altered"] == []
    _replace(brief, "four recipients", "nine recipients")
    assert len(verified(brief)[2]["altered"]) == 1  # type: ignore[arg-type]


def test_notes_that_a_word_processor_numbers_anew_lead_to_the_same_quotes(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "articles")
    brief = made(tmp_path / "osa.docx", "OSA", "--articles", tmp_path / "articles")
    for number in range(20, 0, -1):
        _replace(brief, f'<w:footnoteReference w:id="{number}"/>', f'<w:footnoteReference w:id="{number + 1}"/>')
    code, _, found = verified(brief)
    assert (code, found["altered"]) == (0, [])


def test_a_quote_that_was_deleted_from_the_document_is_told(brief: Path) -> None:
    """With its note, or its words alone."""
    found = re.search(QUOTE_WITH_NOTE[brief.suffix], _document(brief), re.DOTALL)
    assert found
    words = re.search(r"Japan’s OSA program[^<\[]*four recipients[^<\[]*?(?=\s*[<\[])", found[0])
    assert words
    _replace(brief, found[0], found[0].replace(words[0], ""))
    code, _, told = verified(brief)
    altered = told["altered"]
    assert isinstance(altered, list)
    assert (code, len(altered)) == (1, 1)
    _replace(brief, found[0].replace(words[0], ""), "")
    code, counts, told = verified(brief)
    assert (code, counts, told["altered"], told["missing"]) == (1, {"unchanged": 10}, [], altered)
    said = policydesk("verify", brief, "--articles", brief.parent / "articles").stdout
    assert f"Deleted from the document: {altered[0]}\n" in said


@pytest.mark.parametrize("number", ["9" * 5_000, "٣"])
def test_a_number_that_no_note_has_is_read_over(brief: Path, number: str) -> None:
    _replace(
        brief,
        'note1"' if brief.suffix == ".docx" else "[^1]",
        f'note{number}"' if brief.suffix == ".docx" else f"[^{number}]",
    )
    _replace(brief, 'data-number="1"', f'data-number="{number}"', 'href="#n1"', f'href="#n{number}"')
    assert policydesk("verify", brief, "--articles", brief.parent / "articles").stderr == ""


def _document(brief: Path) -> str:
    """The text of a document, of a Word file the part that is shown."""
    if brief.suffix != ".docx":
        return brief.read_text(encoding="utf-8")
    with zipfile.ZipFile(brief) as package:
        return package.read("word/document.xml").decode()


PROOF = re.compile(r"<!-- policydesk-brief .*? -->", re.DOTALL)


@pytest.mark.parametrize("original", ["html"], indirect=True)
def test_a_page_of_which_only_the_record_is_left_lost_all_its_quotes(brief: Path) -> None:
    record = PROOF.search(_document(brief))
    assert record is not None
    brief.write_text(record[0], encoding="utf-8")
    code, counts, told = verified(brief)
    assert (code, counts, told["missing"]) == (1, {"unchanged": 10}, [*range(1, 11)])


@pytest.mark.parametrize("original", ["html"], indirect=True)
def test_a_page_that_an_editor_saved_as_xml_stands(brief: Path) -> None:
    brief.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{_document(brief)}', encoding="utf-8")
    assert verified(brief)[0] == 0


@pytest.mark.parametrize("original", ["docx"], indirect=True)
@pytest.mark.parametrize("number", ["x", "1.5", "9" * 5_000])
def test_a_reference_of_a_word_file_that_has_no_number_is_told(brief: Path, number: str) -> None:
    _replace(brief, 'w:footnoteReference w:id="2"', f'w:footnoteReference w:id="{number}"', '"note', '"nope')
    code, _, told = verified(brief)
    assert (code, 0 in told["altered"]) == (1, True)  # type: ignore[operator]


@pytest.mark.parametrize("original", ["md"], indirect=True)
@pytest.mark.parametrize("signs", ["<!--", "<!-- policydesk-brief {", " "])
def test_signs_without_end_in_a_document_hold_nobody_up(brief: Path, signs: str) -> None:
    brief.write_text(f"{_document(brief)}\n> {signs * 100_000}", encoding="utf-8")
    started = time.monotonic()
    assert verified(brief)[2]["is_proven"]
    assert time.monotonic() - started < 10


def test_a_record_that_was_changed_does_not_fit_the_proof_line(brief: Path) -> None:
    _replace(brief, "2023", "2024")
    _replace(brief, '"line":17', '"line":18', "&quot;line&quot;:17", "&quot;line&quot;:18")
    code, _, found = verified(brief)
    assert (code, found["is_proven"]) == (1, False)


def _replace(brief: Path, *words: str) -> None:
    """Replace words in a document, within a Word file in each of its parts, but for the record of quotes."""
    olds, news = words[::2], words[1::2]
    if brief.suffix != ".docx":
        head, mark, record = brief.read_text(encoding="utf-8").rpartition("<!-- policydesk-brief")
        for old, new in zip(olds, news, strict=True):
            head = head.replace(old, new)
            record = record.replace(old, new) if '"line"' in old else record
        brief.write_text(head + mark + record, encoding="utf-8")
        return
    with zipfile.ZipFile(brief) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(brief, "w") as package:
        for name, content in parts.items():
            text = content
            for old, new in zip(olds, news, strict=True):
                if name.startswith("customXml") is ("line" in old):
                    text = text.replace(old.encode(), new.encode())
            package.writestr(name, text)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.docx", b"PK\x03\x04 nothing", "no Word file that can be read"),
        ("a.md", b"# A note\n", "holds no proof record"),
        ("a.html", b"\xff\xfe", "no text in UTF-8"),
        ("a.pdf", b"%PDF", "name a .docx, .md or .html"),
    ],
)
def test_what_is_no_brief_is_told_so(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    write(tmp_path / name, content)
    ended = policydesk("verify", tmp_path / name)
    assert (ended.returncode, told in ended.stderr) == (2, True)


def test_a_file_that_is_not_there_is_told_so() -> None:
    ended = policydesk("verify", "nowhere.docx")
    assert (ended.returncode, "cannot be read" in ended.stderr) == (2, True)


# --- renewed


def test_a_renewed_brief_says_what_is_new_changed_and_gone(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    shutil.copytree(SEEDS, articles)
    policydesk("brief", "OSA", "--articles", articles)
    changed, gone = articles / "001_dd85be5707bc16ac.txt", articles / "004_6906cfba0330bf4c.txt"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Fiji", "Tonga"), encoding="utf-8")
    gone.unlink()
    write(
        articles / "new",
        "Aid for Samoa\n\nJapan agreed to hand Samoa two patrol boats under its OSA program in 2024.\n",
    )
    text = policydesk("brief", "renew", "1", "--articles", articles).stdout
    told = text[text.index("## Since the brief of") : text.index("## In brief")]
    assert re.search(r"New: note \d", told)
    assert "No longer in its article as it was quoted: Japan’s OSA program, a central element" in told
    assert "Quoted from an article that is gone: Japan is considering including" in told
    assert "Samoa two patrol boats" in text


def test_what_was_chosen_by_hand_stays_so_when_a_brief_is_renewed(log: ExchangeLog) -> None:
    policydesk("brief", "OSA")
    book = BriefBook(log.database)
    kept = book.find(1)
    assert kept is not None
    left_out = kept.plan.quotes[0].citations[0].shown
    book.choose(1, lambda plan: with_choice(plan, 1, is_chosen=False))
    text = policydesk("brief", "renew", "1").stdout
    assert f"No longer among the quotes: {left_out}" in text.replace("\\", "")
    assert f"> {left_out}" not in text


def test_a_brief_of_which_nothing_has_changed_says_so() -> None:
    policydesk("brief", "OSA")
    assert "- Nothing has changed." in policydesk("brief", "renew", "1").stdout


def test_what_is_no_brief_is_not_renewed() -> None:
    policydesk("ask", "Who breeds zebras?")
    ended = policydesk("brief", "renew", "1")
    assert (ended.returncode, "is no brief on record" in ended.stderr) == (2, True)
