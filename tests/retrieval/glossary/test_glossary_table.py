"""The glossary: its shipped lines, and those of a desk's own, checked with clear errors."""

from collections import Counter
from pathlib import Path

import pytest

from retrieval.errors import GlossaryError
from retrieval.glossary.table import Entry, parse, read_entries, shipped_entries, to_line
from tests.support.desk import write


def test_the_shipped_glossary_has_more_than_two_thousand_lines_in_three_languages() -> None:
    entries = shipped_entries()
    assert len(entries) > 2_000
    assert sum(bool(entry.en and entry.ja and entry.vi) for entry in entries) > 2_000
    kinds = Counter(entry.kind for entry in entries)
    assert min(kinds[kind] for kind in ("region", "place", "person", "office", "organisation", "treaty")) >= 40


def test_a_line_written_is_the_line_read() -> None:
    entry = Entry("treaty", ("code of conduct", "COC"), ("行動規範",), ("bộ quy tắc ứng xử",))
    assert list(parse(f"# a remark\n\n{to_line(entry)}\n", "own.tsv")) == [entry]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Fiji\tフィジー\tregion", "does not have four columns: give English, Japanese, Vietnamese and the kind"),
        ("Fiji\tフィジー\tFiji\tisland", "is of no known kind: end it with one of ask, language, office"),
        ("Fiji\t\t\tregion", "has fewer than two forms: give the same in two languages"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_the_cure(tmp_path: Path, line: str, said: str) -> None:
    write(own := tmp_path / "own.tsv", f"# ours\n{line}\n")
    with pytest.raises(GlossaryError) as error:
        read_entries(own)
    assert str(error.value).startswith(f"Line 2 of the glossary {own} {said}")


@pytest.mark.parametrize(
    ("content", "said"), [(b"\xff\xfe", "is not UTF-8 text: save it as UTF-8"), (None, "check POLICYDESK_GLOSSARY")]
)
def test_a_table_that_cannot_be_read_is_named_with_the_cure(tmp_path: Path, content: bytes | None, said: str) -> None:
    own = tmp_path / "own.tsv"
    if content is not None:
        write(own, content)
    with pytest.raises(GlossaryError) as error:
        read_entries(own)
    assert str(own) in str(error.value)
    assert said in str(error.value)
