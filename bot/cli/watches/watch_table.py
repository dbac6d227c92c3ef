"""The watches as a table for people, and as JSON for programs."""

import json
from collections.abc import Mapping, Sequence

from bot.cli.output.console import add_row, new_table, print_table
from storage.watches.models import Watch


def watches_table(watches: Sequence[Watch], waiting: Mapping[int, int]) -> None:
    """Print one watch a row, with how many passages wait to be told."""
    table = new_table("Number", "Topic", "Chat", "Forum topic", "By", "Told", "Level", "Last told (UTC)", "Waiting")
    for watch in watches:
        when = "at once" if watch.hour is None else f"daily at {watch.hour}:00 {watch.zone}"
        place = (watch.chat_id, watch.thread_id or None, watch.user_id)
        told_at = watch.told_at and watch.told_at.strftime("%Y-%m-%d %H:%M:%S")
        add_row(table, watch.id, watch.topic, *place, when, watch.level, told_at, waiting.get(watch.id, 0))
    print_table(table) if watches else print("Nothing is watched for.")  # noqa: T201 - a table's place


def watches_json(watches: Sequence[Watch], waiting: Mapping[int, int]) -> str:
    """Return the watches as a list of objects."""
    rows = [{**watch.model_dump(mode="json"), "waiting": waiting.get(watch.id, 0)} for watch in watches]
    return json.dumps(rows, ensure_ascii=False, indent=2)
