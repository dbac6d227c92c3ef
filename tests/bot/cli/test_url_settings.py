"""Settings that are web addresses: user and password in one are shown nowhere, and a malformed one ends the start."""

import logging

import pytest

from bot.logging_setup import RedactingFormatter
from bot.settings import read_settings
from tests.support.desk import policydesk

SETTINGS = ("POLICYDESK_TELEGRAM_URL", "POLICYDESK_WEBHOOK", "POLICYDESK_REVIEW_URL")
TOKEN = "12345:AAH-secret_of_the_bot"  # noqa: S105 - it opens nothing
GIVEN = "https://desk:open%20sesame%21@bot.example:8443/api"


@pytest.mark.parametrize("name", SETTINGS)
def test_user_and_password_are_masked_where_settings_are_shown(name: str) -> None:
    shown = policydesk("config", **{name: GIVEN})
    assert shown.returncode == 0, shown.stderr
    assert "https://********@bot.example:8443/api" in shown.stdout
    assert "sesame" not in shown.stdout + repr(read_settings(**{name.removeprefix("POLICYDESK_").lower(): GIVEN}))


@pytest.mark.parametrize("name", ["telegram_url", "webhook", "review_url"])
@pytest.mark.parametrize(
    "text",
    ["desk:open%20sesame%21", "desk:open sesame!", "open%20sesame%21", "open sesame!", "ZGVzazpvcGVuIHNlc2FtZSE="],
)
def test_user_and_password_are_taken_out_of_log_lines_however_they_are_written(name: str, text: str) -> None:
    """As they are set, decoded, and as a header carries them."""
    settings = read_settings(telegram_token=TOKEN, **{name: GIVEN})
    record = logging.LogRecord("x", logging.INFO, "", 1, f"({text})", None, None)
    assert RedactingFormatter(settings.secrets()).format(record).endswith(": (<secret>)")


def test_user_and_password_of_a_proxy_are_taken_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://desk:open%20sesame%21@proxy.example:3128")
    assert "open sesame!" in read_settings(telegram_token=TOKEN).secrets()


def test_doctor_shows_no_password() -> None:
    said = policydesk(
        "doctor", POLICYDESK_TELEGRAM_TOKEN=TOKEN, POLICYDESK_TELEGRAM_URL="http://desk:open-sesame@127.0.0.1:9"
    )
    assert "http://********@127.0.0.1:9 cannot be reached" in said.stdout
    assert "sesame" not in said.stdout + said.stderr


@pytest.mark.parametrize(
    "address",
    [
        "POSTGRESQL://desk:open-sesame@127.0.0.1:1/x",
        "postgresql+psycopg://desk:open-sesame@127.0.0.1:1/x",
        " postgresql://desk:open-sesame@127.0.0.1:1/x",
        "postgresql://desk:a@open#sesame@127.0.0.1:1/x",
        "postgresql://desk:a/open-sesame@127.0.0.1:1/x",
        "postgresql://desk:%zzsesame@127.0.0.1:1/x",
        "postgresql://desk:open-sesame@[::1/x",
        "postgresql://127.0.0.1:1/x?user=desk&password=open-sesame",
    ],
)
def test_an_address_of_a_database_that_is_read_otherwise_is_refused_and_its_password_not_shown(
    address: str,
) -> None:
    """It would be a path that begins with `postgresql:`, with the password in the names of folders."""
    for command in ("config", "doctor"):
        said = policydesk(command, POLICYDESK_DATABASE=address)
        assert said.returncode
        assert "POLICYDESK_DATABASE: should be a path, or an address such as postgresql://" in said.stdout + said.stderr
        assert "sesame" not in said.stdout + said.stderr


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(
    "value",
    [
        "bot.example",
        "ftp://bot.example",
        "https://?",
        "https:///bot",
        "https:bot.example",
        "https://:443",
        "https://bot.example:port",
        "https://bot.example:99999",
        "https://[::1",
        "https://bot example",
        "https://bot.example/a b",
        "https://bot\\example",
        "https://desk:open@sesame@bot.example",
        "https://bot.example/\x7f",
        "https://☃.example",
        "https://bot.example/#top",
        f"https://{'b' * 300}.example",
    ],
)
def test_a_malformed_one_ends_the_start_with_its_cure_and_is_not_shown(name: str, value: str) -> None:
    done = policydesk("config", **{name: value})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"{name}: should be a web address such as https://" in done.stderr
    assert value not in done.stderr.replace("such as https://bot.example ", "")


@pytest.mark.parametrize(
    "value", ["http://127.0.0.1:8081", "http://[::1]:8081/", "https://bücher.example", "https://a_b.example/x/y"]
)
def test_a_well_formed_one_is_taken(value: str) -> None:
    assert policydesk("config", POLICYDESK_TELEGRAM_URL=value).returncode == 0


@pytest.mark.parametrize("proxy", ["socks4://proxy.example:1080", "http://desk:sesame:3128", "ftp://proxy.example"])
@pytest.mark.parametrize("command", [("serve",), ("feed", "add", "https://example.org/feed")])
def test_a_proxy_that_cannot_be_used_is_one_line_with_the_cure(command: tuple[str, ...], proxy: str) -> None:
    environment = {"HTTPS_PROXY": proxy, "POLICYDESK_TELEGRAM_TOKEN": "1:" + "a" * 35}
    ended = policydesk(*command, **environment)
    assert ended.returncode == 2
    said = ended.stderr.splitlines()[-1]
    assert said.startswith("policydesk: HTTPS_PROXY names a proxy that cannot be used: name one as http://HOST:PORT")
    assert proxy not in ended.stderr


def test_a_doctor_finds_a_proxy_that_cannot_be_used() -> None:
    found = policydesk("doctor", HTTPS_PROXY="ftp://proxy.example", POLICYDESK_TELEGRAM_TOKEN="1:" + "a" * 35)
    assert "HTTPS_PROXY names a proxy that cannot be used" in found.stdout
