"""The pages for reviewers, for tests: a record of some exchanges, people signed in, and a server for a browser."""

import datetime as dt
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
import uvicorn
from datasette.app import Datasette

from bot.review.sign_in.sessions import SignedInReviewer
from bot.review.sign_in.views import session_cookie
from bot.review.site import open_site
from prompts.composition.brief import BriefPlan, PlannedQuote
from prompts.models import Answer, Channel, Citation
from retrieval.articles_folder import ArticlesFolder
from retrieval.brief.aspects import Aspect
from retrieval.models import Kind
from storage.briefs.book import BriefBook
from storage.database.connection import DeskDatabase
from storage.models import Exchange
from storage.record.exchanges import ExchangeLog
from storage.verdicts.reviewers import Reviewer, ReviewRole

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
WHALES = "Whales eat krill. Krill eat algae. Nobody eats whales."
ROUTES = {
    "^/$": "/",
    "^/inbox$": "/inbox",
    r"^/exchange/(?P<number>\d{1,18})$": "/exchange/1",
    r"^/exchange/(?P<number>\d{1,18})/choose$": "/exchange/1/choose?find=krill",
    "^/articles$": "/articles",
    "^/article$": "/article?file=whales.txt",
    "^/gaps$": "/gaps",
    "^/timeline$": "/timeline?topic=krill",
    "^/briefs$": "/briefs",
    r"^/brief/(?P<number>\d{1,18})$": "/brief/1",
    r"^/brief/(?P<number>\d{1,18})/(?P<form>docx|md|html)$": "/brief/1/md",
    "^/dashboard$": "/dashboard",
    r"^/dashboard/(?P<figure>[a-z]+)\.csv$": "/dashboard/questions.csv",
    r"/-/logout$": "/-/logout",
}
"""What whoever is signed in may open, by the route's pattern."""


def whale_exchange(question: str = "What do whales eat?", minutes: int = 0, chat: int | None = 7) -> Exchange:
    """A question that an article about whales answered."""
    citation = Citation(number=1, file="whales.txt", line=1, start=0, end=17, quote=WHALES[:17], title="", score=4.5)
    answer = Answer(question=question, kind=Kind.WHAT, outcome="answered", confidence=0.8, citations=(citation,))
    return Exchange(
        asked_at=NOON + dt.timedelta(minutes=minutes),
        channel=Channel.TELEGRAM,
        chat_id=chat,
        user_id=chat,
        message_id=minutes + 1,
        answer=answer,
        reply="“<b>Whales</b> eat krill.”",
        latency_ms=12.5,
        library="0" * 64,
        version="1",
    )


def abstained(question: str, minutes: int = 0, chat: int | None = 7) -> Exchange:
    """A question that nothing answered."""
    answer = Answer(question=question, kind=Kind.WHAT, outcome="abstained", confidence=0.1)
    asked = whale_exchange(question, minutes, chat)
    return asked.model_copy(update={"answer": answer, "reply": "Nothing found."})


def chat(words: str, minutes: int = 0, place: int | None = 7) -> Exchange:
    """A greeting or thanks, which is no question."""
    said = abstained(words, minutes, place)
    return said.model_copy(update={"answer": said.answer.model_copy(update={"outcome": "chat"}), "reply": "Hello."})


def record(log: ExchangeLog, *exchanges: Exchange) -> list[int]:
    """Put exchanges on record; their numbers."""
    return [log.record(exchange).id or 0 for exchange in exchanges]


def record_brief(log: ExchangeLog, number: int) -> None:
    """Have an exchange on record be a brief."""
    quotes = [PlannedQuote(aspect=Aspect.HEADLINE, citations=(cited,)) for cited in whale_exchange().answer.citations]
    BriefBook(log.database).add(number, BriefPlan(question="Brief on krill", topic="krill", quotes=tuple(quotes)), ())


def site_over(log: DeskDatabase, articles: Path, *reviewers: Reviewer) -> AbstractContextManager[Datasette]:
    """The site over a log and a folder of articles."""
    return open_site(log, ArticlesFolder(articles), reviewers)


class Visitor:
    """Somebody at the pages, without a browser."""

    def __init__(
        self,
        datasette: Datasette,
        name: str = "Ada",
        role: ReviewRole | None = ReviewRole.REVIEWER,
        address: str = "127.0.0.1",
    ) -> None:
        self._transport = httpx.ASGITransport(app=datasette.app(), client=(address, 1))
        self.cookies: dict[str, str] = {}
        if role:
            self.cookies["ds_actor"] = session_cookie(datasette, SignedInReviewer(name, role))

    async def get(self, path: str, **parameters: object) -> httpx.Response:
        """Open a page."""
        address = f"{path}?{urlencode(parameters)}" if parameters else path
        return await self._send("GET", address)

    async def post(self, path: str, fields: Mapping[str, object], *, with_token: bool = True) -> httpx.Response:
        """Send a form, with the token that a page gave."""
        if "ds_csrftoken" not in self.cookies:
            await self.get("/inbox" if "ds_actor" in self.cookies else "/-/login")
        token = {"csrftoken": self.cookies.get("ds_csrftoken", "")} if with_token else {}
        return await self._send("POST", path, {**fields, **token})

    async def _send(self, method: str, path: str, fields: Mapping[str, object] | None = None) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, cookies=self.cookies) as client:
            answer = await client.request(method, f"http://localhost{path}", data=fields)
        self.cookies |= dict(answer.cookies)
        return answer


@contextmanager
def served(datasette: Datasette) -> Iterator[str]:
    """The site on a free port of loopback, served by a thread; its address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
