"""The server of the review pages."""

from collections.abc import Callable
from contextlib import closing

import uvicorn

from bot.app import open_database, open_folder
from bot.errors import SettingsError
from bot.listen_address import is_loopback, listen
from bot.review.review_context import context_of
from bot.review.site import open_site
from bot.review.tables import NO_TABLES
from bot.settings import Settings
from storage.verdicts.reviewers import ReviewRole, read_reviewers, reviewers_beside


def serve_review(settings: Settings, host: str, port: int, name: str, say: Callable[[str], None]) -> None:
    """Serve the pages until SIGINT or SIGTERM; `say` is given a link that signs in `name` as an owner.

    Raises:
        SettingsError: The address cannot be bound to.
        DatabaseError: The log or the verdicts cannot be opened.
        ReviewersError: The file of reviewers cannot be read.
    """
    reviewers = read_reviewers(settings.reviewers or reviewers_beside(settings.database))
    try:
        listener = listen(host, port)  # before anything else is opened, so that a taken port costs nothing
    except OSError as error:
        raise SettingsError(
            f"{_address(host, port)} cannot be served ({error.strerror}): name another port with --port."
        ) from error
    with (
        listener,
        closing(open_database(settings)) as log,
        open_site(log, open_folder(settings), reviewers) as site,
    ):
        say(_welcome(_address(host, port), context_of(site).links.make(name, ReviewRole.OWNER), name))
        if not log.is_file:
            say(NO_TABLES)
        if not is_loopback(host):
            say("Others can reach these pages, and what they send is not encrypted: put a server with TLS before it.")
        config = uvicorn.Config(site.app(), log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


def _welcome(address: str, token: str, name: str) -> str:
    return f"Review at {address}/ (Ctrl-C ends). Sign in once as {name}, within the hour: {address}/sign-in/{token}"


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
