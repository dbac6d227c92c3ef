"""docs/record.md describes the tables as they are."""

from tests.docs.blocks import block
from tests.docs.record_tables import MEANINGS, OTHERS, RECORD, columns, record_reference


def test_the_tables_of_the_record_are_described_as_they_are() -> None:
    """The description is made from them: `make docs`."""
    assert block(RECORD, "tables") == record_reference()


def test_no_table_and_no_column_is_without_a_meaning() -> None:
    found = list(columns())
    assert [f"{each.table}.{each.name}" for each in found if each.table in MEANINGS and not each.meaning] == []
    assert {each.table for each in found} == {*MEANINGS, *OTHERS}
