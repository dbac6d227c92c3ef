"""The views of briefs: the list, the choice of quotes, and the documents."""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from bot.briefs.maker import BriefMaker, MadeBrief, file_name, verify_command
from bot.desk.asker import Asker
from bot.desk.desk import ConversationStore, Desk, DeskOptions
from bot.review.page import Route, form_fields, parameters, render_page, render_problem, with_problem_page
from bot.review.review_context import context_of
from prompts.brief.choices import QuoteChoice, arranged
from prompts.brief.texts import brief_text
from prompts.composition.brief import BriefPlan, compose_brief
from prompts.languages import Language
from prompts.models import Answer, Channel
from prompts.render import Renderer
from retrieval.brief.request import BRIEF_OF
from storage.briefs.book import BriefOnRecord
from storage.briefs.open_questions import WhoseQuestions
from storage.chats.collection_choices import CollectionChoices
from storage.errors import ReviewError
from storage.models import Exchange
from storage.record.conversations import Conversations
from storage.record.exchanges import ExchangeLog

Result = TypeVar("Result")
CLI = Asker(channel=Channel.CLI)
NO_BRIEF = "There is no such brief, or it was forgotten."
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
LONGEST_TOPIC = 300


@with_problem_page
async def show_briefs(request: Request, datasette: Datasette) -> Response:
    """Show the saved briefs and the newest, and a field for a topic."""

    def find(maker: BriefMaker) -> dict[str, Any]:
        return {"saved": maker.book.saved(), "newest": maker.book.newest()}

    return await render_page(request, datasette, "briefs", **await _with_maker(datasette, find))


@with_problem_page
async def make_brief(request: Request, datasette: Datasette) -> Response:
    """Make a brief on a topic, and lead to it."""
    topic = (await form_fields(request)).get("topic", "").strip()
    if not topic or len(topic) > LONGEST_TOPIC:
        raise ReviewError("Name the topic of the brief, in a few words.")

    def make(maker: BriefMaker, log: ExchangeLog) -> int:
        return _keep(maker, log, maker.make(f"{BRIEF_OF}{topic}", CLI, WhoseQuestions()))

    return _lead_to(await _with_log(datasette, make), "made")


@with_problem_page
async def show_brief(request: Request, datasette: Datasette) -> Response:
    """Show the quotes that a brief may hold, to be chosen."""
    number = int(request.url_vars["number"])
    kept = await _with_maker(datasette, lambda maker: maker.book.find(number))
    if kept is None:
        return await render_problem(request, datasette, ReviewError(NO_BRIEF), status=404)
    words = await _with_maker(datasette, lambda maker: maker.words(Language.ENGLISH))
    said = parameters(request).get("said", "")
    return await render_page(request, datasette, "brief", brief=kept, words=words, said=said)


@with_problem_page
async def choose_quotes(request: Request, datasette: Datasette) -> Response:
    """Take the choices made in a form: keep them, and make the document, save or renew the brief where it says so."""
    number, fields = int(request.url_vars["number"]), await form_fields(request)

    def choose(maker: BriefMaker, log: ExchangeLog) -> int:
        draft = maker.book.choose(number, _arranged, fields)
        kept = maker.book.find(number)
        if draft is None or kept is None:
            raise ReviewError(NO_BRIEF)
        return _carry_out(maker, log, kept, fields)

    shown = await _with_log(datasette, choose)
    return _lead_to(shown, "kept" if shown == number else "made")


@with_problem_page
async def send_document(request: Request, datasette: Datasette) -> Response:
    """Send a brief as a document."""
    number, form = int(request.url_vars["number"]), request.url_vars["form"]

    def write(maker: BriefMaker, log: ExchangeLog) -> tuple[str, bytes]:
        kept, logged = maker.book.find(number), log.find(number)
        if kept is None or logged is None:
            raise ReviewError(NO_BRIEF)
        answer = _answer(datasette, kept)
        exchange = Exchange(
            id=number,
            asked_at=logged.asked_at,
            channel=logged.channel,
            answer=answer,
            reply=logged.reply,
            latency_ms=0,
            library=logged.library,
            version=logged.version,
        )
        made = maker.on_record(exchange, kept)
        name = file_name(kept.plan.topic, logged.asked_at.date(), form)
        if form == "docx":
            return name, maker.word_file(made, Language.ENGLISH, name)
        return name, brief_text(form, maker.document(made, Language.ENGLISH), verify_command(name)).encode()

    name, content = await _with_log(datasette, write)
    inline = "inline" if form == "html" else "attachment"
    headers = {"content-disposition": f'{inline}; filename="{name.encode("ascii", "replace").decode()}"'}
    return Response(content, headers=headers, content_type=_TYPES[form])


def _answer(datasette: Datasette, kept: BriefOnRecord) -> Answer:
    query = context_of(datasette).articles.require_library().read(kept.plan.question)
    answer = compose_brief(kept.plan, query)
    if answer is None:
        raise ReviewError("No quote of this brief is chosen.")
    return answer


def _carry_out(maker: BriefMaker, log: ExchangeLog, kept: BriefOnRecord, fields: Mapping[str, str]) -> int:
    """Carry out what a form asks for besides its choices; returns the brief to show."""
    number = kept.exchange_id
    if "save" in fields:
        maker.book.save(number, dt.datetime.now(dt.UTC) if kept.saved_at is None else None)
    elif "renew" in fields:
        return _keep(maker, log, maker.renew(number, CLI, WhoseQuestions()))
    elif "make" in fields:
        return _keep(maker, log, maker.make(kept.plan.question, CLI, WhoseQuestions(), kept.draft))
    return number


def _keep(maker: BriefMaker, log: ExchangeLog, made: MadeBrief) -> int:
    if not made.is_document:
        raise ReviewError("The articles hold nothing on this, or no quote is chosen.")
    exchange = log.record(made.exchange)
    maker.keep(made, exchange)
    return exchange.id or 0


def _arranged(plan: BriefPlan, fields: Mapping[str, str]) -> BriefPlan:
    return arranged(plan, _choices(fields, plan))


def _choices(fields: Mapping[str, str], plan: BriefPlan) -> dict[int, QuoteChoice]:
    """The choices of a form on the quotes that it shows."""
    found: dict[int, QuoteChoice] = {}
    for number in range(1, len(plan.quotes) + 1):
        place = fields.get(f"place-{number}", "")
        if place.isascii() and place.isdigit() and len(place) < 6:  # noqa: PLR2004 - there are fewer quotes
            chosen, pinned = f"chosen-{number}" in fields, f"pinned-{number}" in fields
            found[number] = QuoteChoice(chosen, pinned, int(place))
    return found


def _lead_to(number: int, said: str) -> Response:
    return Response.redirect(f"/brief/{number}?said={said}")


async def _with_maker(datasette: Datasette, work: Callable[[BriefMaker], Result]) -> Result:
    return await _with_log(datasette, lambda maker, _: work(maker))


async def _with_log(datasette: Datasette, work: Callable[[BriefMaker, ExchangeLog], Result]) -> Result:
    """Do work with a maker over the articles as they are now and the record, which may be written."""

    def run() -> Result:
        context = context_of(datasette)
        log = ExchangeLog(context.log)
        store = ConversationStore(Conversations(context.log), CollectionChoices(context.log), log)
        desk = Desk(context.articles.require_library(), Renderer(), log.record, DeskOptions(), store)
        return work(BriefMaker(desk, context.log), log)

    return await asyncio.to_thread(run)


ROUTES: tuple[Route, ...] = (
    (r"^/briefs$", show_briefs),
    (r"^/briefs/make$", make_brief),
    (r"^/brief/(?P<number>\d{1,18})$", show_brief),
    (r"^/brief/(?P<number>\d{1,18})/choose$", choose_quotes),
    (r"^/brief/(?P<number>\d{1,18})/(?P<form>docx|md|html)$", send_document),
)
