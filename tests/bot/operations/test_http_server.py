"""HTTP doors beside the bot: open while the context is, on the address they were given, and gone after it."""

import asyncio
import signal
import socket

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.errors import SettingsError
from bot.listen_address import is_loopback, parse_address
from bot.operations.http_server import serve_http


async def _hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


ROUTES = [Route("/hello", _hello)]


async def test_a_door_answers_while_the_context_is_open_and_nobody_answers_after_it() -> None:
    """Port 0 takes any free port, and the port that was taken is given."""
    async with httpx.AsyncClient(trust_env=False) as client:
        async with serve_http(ROUTES, "127.0.0.1", 0) as port:
            answer = await client.get(f"http://127.0.0.1:{port}/hello")
            assert (answer.status_code, answer.text) == (200, "hello")
            assert "server" not in answer.headers
            assert (await client.get(f"http://127.0.0.1:{port}/other")).status_code == 404
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/hello")


async def test_a_request_that_is_being_answered_is_answered_before_the_door_closes() -> None:
    """Closing is graceful: whoever was let in gets their answer."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> PlainTextResponse:
        entered.set()
        await leave.wait()
        return PlainTextResponse("at last")

    async with httpx.AsyncClient(trust_env=False) as client:
        async with serve_http([Route("/", slow)], "127.0.0.1", 0) as port:
            asking = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/"))
            await entered.wait()
            asyncio.get_running_loop().call_later(0.01, leave.set)
        assert (await asking).text == "at last"


async def test_a_door_that_was_never_used_closes_at_once() -> None:
    """Open and close in one breath, many times."""
    for _ in range(3):
        async with serve_http(ROUTES, "127.0.0.1", 0) as port:
            assert port


async def test_a_taken_address_is_one_clear_line() -> None:
    """The program does not end by itself as uvicorn would end it; it says which address is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port} .*in use.*name another address"):
            async with serve_http(ROUTES, "127.0.0.1", port):
                pass


async def test_an_address_of_another_machine_is_one_clear_line() -> None:
    """A misspelt address is found out at start."""
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1:1 .*name another address"):
        async with serve_http(ROUTES, "192.0.2.1", 1):
            pass


async def test_signals_stay_with_the_program() -> None:
    """SIGINT and SIGTERM are handled as before while a door is open."""
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with serve_http(ROUTES, "127.0.0.1", 0):
        await asyncio.sleep(0)
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"])
def test_loopback_is_known(host: str) -> None:
    """Addresses that only this machine reaches."""
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.0.7", "localhost.example.org", "127.0.0.1.nip.io"])  # noqa: S104 - none of them is listened on
def test_what_others_may_reach_is_not_loopback(host: str) -> None:
    """Anything else counts as open to others, names included, whatever they resolve to now."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:80", ("127.0.0.1", 80)), ("localhost:0", ("localhost", 0)), ("[::1]:8086", ("::1", 8086))],
)
def test_an_address_is_host_and_port(text: str, address: tuple[str, int]) -> None:
    """An IPv6 address stands in brackets."""
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text", ["", "8086", ":8086", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "h:65536", "::1:80", "h:٣"]
)
def test_what_is_no_address_is_said(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="such as 127"):
        parse_address(text)
