"""Counts by the day that the database keeps itself, and indexes, so that no page reads a million exchanges.

A forgotten exchange stays counted by its day, without the chat; see `storage.record.people`.
"""

# ruff: noqa: S608 - put together from our own names only

INDEXES = (
    "create index exchanges_asked on exchanges (asked_at) where forgotten = 0",
    "create index exchanges_by_outcome on exchanges (outcome) where forgotten = 0",
    "create index exchanges_asked_by_outcome on exchanges (outcome, asked_at) where forgotten = 0",
    "create index exchanges_by_chat on exchanges (chat_id)",
    "create index feedback_by_thumb on feedback (thumb, exchange_id)",
    "create index feedback_given on feedback (given_at, thumb)",
    'create index citations_by_place on citations (file, start, "end")',
)
TABLES = (
    """create table tally_outcomes (
        day text, outcome text, exchanges integer, forgotten integer, primary key (day, outcome)) without rowid""",
    """create table tally_chats (
        day text, chat_id integer, exchanges integer, primary key (day, chat_id)) without rowid""",
    """create table tally_latencies (
        day text, ms integer, exchanges integer, primary key (day, ms)) without rowid""",
    """create table tally_sources (
        file text, day text, citations integer, primary key (file, day)) without rowid""",
)
_DAY = "substr({0}.asked_at, 1, 10)"
_CHAT = "coalesce({0}.chat_id, 0)"
_MS = """cast(case
    when {0}.latency_ms < 100 then {0}.latency_ms
    when {0}.latency_ms < 1000 then round({0}.latency_ms / 10) * 10
    else round({0}.latency_ms / 1000, 1) * 1000 end as integer)"""
"""Whole milliseconds below 100, tens below 1,000, hundreds above: so few that a day's can be added up at once."""
_EXCHANGE = f"""
    insert into tally_outcomes values ({_DAY}, {{0}}.outcome, {{1}}, {{1}} * {{0}}.forgotten) on conflict (day, outcome)
        do update set exchanges = tally_outcomes.exchanges + excluded.exchanges,
            forgotten = tally_outcomes.forgotten + excluded.forgotten;
    insert into tally_chats values ({_DAY}, {_CHAT}, {{1}}) on conflict (day, chat_id) do update
        set exchanges = tally_chats.exchanges + excluded.exchanges;
    insert into tally_latencies values ({_DAY}, {_MS}, {{1}}) on conflict (day, ms) do update
        set exchanges = tally_latencies.exchanges + excluded.exchanges;"""
_EMPTY_CHAT = f"delete from tally_chats where day = {_DAY} and chat_id = {_CHAT} and exchanges <= 0;"
"""A chat that nobody asks in is not named: that of a person has the person's id."""
_CITATION = """
    insert into tally_sources select {0}.file, substr(asked_at, 1, 10), {1} from exchanges where id = {0}.exchange_id
        on conflict (file, day) do update set citations = tally_sources.citations + excluded.citations;"""
_COUNT, _UNCOUNT = _EXCHANGE.format("new", 1), _EXCHANGE.format("old", -1) + _EMPTY_CHAT.format("old")
TRIGGERS = (
    f"create trigger exchanges_counted after insert on exchanges begin {_COUNT} end",
    f"""create trigger exchanges_recounted after update of asked_at, outcome, chat_id, latency_ms, forgotten
        on exchanges begin {_UNCOUNT} {_COUNT} end""",
    f"create trigger exchanges_uncounted after delete on exchanges begin {_UNCOUNT} end",
    f"create trigger citations_counted after insert on citations begin {_CITATION.format('new', 1)} end",
    f"create trigger citations_uncounted after delete on citations begin {_CITATION.format('old', -1)} end",
)
_ROW_DAY, _ROW_CHAT, _ROW_MS = (expression.format("exchanges") for expression in (_DAY, _CHAT, _MS))
FILLING = (
    f"insert into tally_outcomes select {_ROW_DAY}, outcome, count(*), sum(forgotten) from exchanges group by 1, 2",
    f"insert into tally_chats select {_ROW_DAY}, {_ROW_CHAT}, count(*) from exchanges group by 1, 2",
    f"insert into tally_latencies select {_ROW_DAY}, {_ROW_MS}, count(*) from exchanges group by 1, 2",
    f"""insert into tally_sources select file, {_ROW_DAY}, count(*)
        from citations join exchanges on exchanges.id = exchange_id group by 1, 2""",
)
REVIEW_STEPS = (*INDEXES, *TABLES, *TRIGGERS, *FILLING)
"""The steps that make a log fit for review."""
