"""Numbers and dates from outside have bounds: past them is one clear refusal, whoever wrote them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from bot.cli.main import app
from bot.desk.desk import Desk
from bot.settings import MOST_DAYS, PREFIX, Settings
from storage.record.exchanges import ExchangeLog
from storage.verdicts.reviewers import ReviewRole
from tests.docs.reference import commands_of
from tests.support.desk import CLI, policydesk
from tests.support.review_site import ROUTES, WHALES, Visitor, record, site_over, whale_exchange

HUGE = str(10**30)
ENDLESS = "9" * 5_000  # more digits than Python reads
NUMBERS = (HUGE, f"-{HUGE}", ENDLESS)
DATES = ("0001-01-01", "0001", "0001-01-01T00:00+14:00", "9999-12-31", "9999", "9999-12-31T23:59-14:00", "10000-01-01")
FILLED_IN = {"form": "csv", "to": "x.db", "source": "x.db", "questions": "x.jsonl", "file": "x.txt", "name": "Ada"}


class Typed(NamedTuple):
    """A parameter of a command, and what is typed for it: the command, the value, and all that it cannot do without."""

    command: str
    parameter: Any
    others: list[str]

    def with_value(self, value: str) -> list[str]:
        is_option = self.parameter.param_type_name == "option"
        typed = [f"{self.parameter.opts[0]}={value}"] if is_option else ["--", value]
        return [*self.command.split(), *typed, *self.others]


def parameters() -> Iterator[Typed]:
    program: Any = typer.main.get_command(app)
    for name, command in commands_of(program):
        for parameter in command.params:
            others = [other for other in command.params if other.required and other is not parameter]
            others.sort(key=lambda other: other.param_type_name, reverse=True)
            values = ((other, FILLED_IN.get(other.name, "1")) for other in others)
            typed = [f"{o.opts[0]}={value}" if o.param_type_name == "option" else value for o, value in values]
            yield Typed(name, parameter, typed)


def named(typed: Typed) -> str:
    return f"{typed.command} {typed.parameter.name}"


WITH_NUMBERS = [each for each in parameters() if each.parameter.type_descriptor.annotation in {int, float}]
WITH_DATES = [each for each in parameters() if each.parameter.name in {"since", "until", "date"}]


def test_some_commands_take_numbers_and_some_dates() -> None:
    assert {each.parameter.name for each in WITH_NUMBERS} >= {"days", "number", "port", "limit", "chat", "k"}
    assert {each.parameter.name for each in WITH_DATES} == {"since", "until", "date"}


@pytest.mark.parametrize("typed", WITH_NUMBERS, ids=named)
@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_past_its_bounds_is_refused(typed: Typed, number: str) -> None:
    done = policydesk(*typed.with_value(number))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: Invalid value for" in done.stderr


@pytest.mark.parametrize("typed", WITH_DATES, ids=named)
@pytest.mark.parametrize("date", DATES)
def test_a_date_at_the_end_of_time_is_read_or_refused(typed: Typed, date: str) -> None:
    assert policydesk(*typed.with_value(date)).returncode in {0, 1, 2}


def test_the_oldest_age_may_be_retained() -> None:
    assert policydesk("retain", "--days", str(MOST_DAYS)).returncode == 0
    assert policydesk("retain", "--days", str(MOST_DAYS + 1)).returncode == 2


@pytest.mark.parametrize("decision", ["approve", "deny", "revoke"])
@pytest.mark.parametrize("party", [*NUMBERS, str(2**63), str(-(2**63) - 1)])
def test_an_id_that_telegram_never_gives_is_refused(decision: str, party: str) -> None:
    done = policydesk("access", decision, party)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


NUMERIC = [
    name
    for name, field in Settings.model_fields.items()
    if any(kind in str(field.annotation) for kind in ("int", "float"))
]


@pytest.mark.parametrize("name", NUMERIC)
@pytest.mark.parametrize("value", [HUGE, f"-{HUGE}", ENDLESS, "inf", "nan"])
def test_a_setting_past_its_bounds_ends_the_start_in_one_line(name: str, value: str) -> None:
    done = policydesk("config", **{PREFIX + name.upper(): value})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"policydesk: Settings that cannot be used: {PREFIX}{name.upper()}: ")


VALUES = (*NUMBERS, "0", "-1", str(2**63 - 1), "9" * 18, "٣", "1e9", "9999-12-31")
PARAMETERS = dict.fromkeys(("chat", "before", "start", "line", "find", "sort", "q"), VALUES) | dict.fromkeys(
    ("since", "until"), (*DATES, HUGE, "0", "٣")
)


@pytest.mark.parametrize("page", sorted(set(ROUTES.values())))
async def test_no_address_of_a_page_makes_it_fail(page: str, log: ExchangeLog, folder: Callable[..., Path]) -> None:
    record(log, whale_exchange())
    with site_over(log.database, folder(whales=WHALES)) as site:
        visitor, path = Visitor(site, role=ReviewRole.OWNER), page.partition("?")[0]
        for name, value in ((name, value) for name, values in PARAMETERS.items() for value in values):
            answer = await visitor.get(path, **{"file": "whales.txt", "open": "whales.txt", name: value})
            assert answer.status_code < 500, (path, name, value)


@pytest.mark.both_dialects
async def test_no_place_in_a_verdict_makes_it_fail(log: ExchangeLog, folder: Callable[..., Path]) -> None:
    record(log, whale_exchange())
    with site_over(log.database, folder(whales=WHALES)) as site:
        for value in VALUES:
            verdict = {"verdict": "wrong", "file": "whales.txt", "start": value, "end": value}
            assert (await Visitor(site).post("/exchange/1/verdict", verdict)).status_code < 500, value


@pytest.mark.parametrize("date", [*DATES, *NUMBERS])
@pytest.mark.parametrize(
    "words", ["after:{}", "before:{}", "since {}", "in the last {} days", "{} years ago", "until {}"]
)
def test_no_date_in_a_question_makes_it_fail(words: str, date: str, desk: Desk) -> None:
    assert desk.ask(f"Who signed the agreement? {words.format(date)}", CLI).answer
