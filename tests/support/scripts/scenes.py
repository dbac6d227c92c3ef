"""Everything that the desk says, each thing once for every turn its words may take, to be put into any language."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import product

from bot.articles.listing import ListedArticle, SourcesMessage
from bot.articles.upload_intake import StoredUpload
from bot.handlers.administration import uploads
from bot.handlers.asking import own_history as own_record
from bot.handlers.asking import sources
from bot.handlers.asking.button_presses import Toast
from bot.record import weekly_digest as digest
from bot.record.history_page import EarlierQuestion, HistoryPage, QuotedAgain
from bot.record.weekly_digest import Digest
from bot.watches.request import WatchFault
from prompts.models import (
    Answer,
    Brief,
    BriefMark,
    Channel,
    Citation,
    ComparedAspect,
    ComparedColumn,
    QuantityChange,
    Reason,
    TimelineMark,
)
from prompts.profile import LibraryProfile, NewArticle
from prompts.render import Renderer
from retrieval.articles_folder import Changes
from retrieval.brief.aspects import Aspect
from retrieval.documents.models import Draft, Format, Omission, OmittedText
from retrieval.errors import DocumentError
from retrieval.file_problems import FileProblem
from retrieval.models import (
    Article,
    DocumentPlace,
    FilterFault,
    Filters,
    Kind,
    Problem,
    SkippedFile,
    SmallTalk,
    Unit,
    Value,
)
from retrieval.reading.articles import read_article
from retrieval.reading.quote_context import Context, Sentence
from retrieval.side_by_side.request import ColumnSense
from retrieval.side_by_side.side_by_side import AspectKind
from storage.access.models import Party, Standing
from storage.access.rate_limits import Wait
from storage.chats.referrals import ReferralReply
from storage.models import LoggedCitation
from storage.record.source_status import Freshness
from storage.record.weekly_figures import OpenQuestion, WeekFigures

Scene = Callable[[Renderer], str]
TELEGRAM, CLI = Channel.TELEGRAM, Channel.CLI
DAY = dt.date(2025, 4, 28)
NOW = dt.datetime(2025, 4, 28, 9, 5, tzinfo=dt.UTC)
LONG = "\N{SLIGHTLY SMILING FACE}" * 4_000
"""A name longer than any message, in letters of two units each."""
CHOICE_BUTTONS = (
    *("access-buttons", "brief-buttons", "brief-choice-buttons", "draft-buttons", "forget-buttons"),
    *("history-buttons", "language-buttons", "watch-buttons", "watch-list"),
)
"""The buttons that the template `choice-buttons` has labels for."""
FIGURES: dict[FileProblem, tuple[int | str, ...]] = {
    FileProblem.UNREAD: (".pdf",),
    FileProblem.UNREADABLE: ("ENOENT",),
    FileProblem.MISNAMED: (".pdf", "a picture"),
    FileProblem.SLOW: ("30",),
    FileProblem.PAGE_ENCODING: ("koi8-r",),
    FileProblem.UNKNOWN_ENCODING: ("klingon",),
    FileProblem.NOT_STORED: ("ENOSPC", "/srv"),
}
OF_ALL = (FileProblem.NO_FOLDER, FileProblem.NOTHING_USABLE, FileProblem.NOTHING_QUOTABLE, FileProblem.NO_INDEX)
"""Flaws of the whole folder."""


class Person(Value):
    """Whom a message speaks to."""

    id: int
    name: str


def scenes(long: str = "") -> Iterator[tuple[str, Scene]]:
    """All scenes, each by the name of its template, what is special about it, and a number.

    Args:
        long: Stands in every name and text; empty for short ones.
    """
    for part in (_answers, _briefs, _notices, _about_articles, _about_people, _about_weeks, _about_watches, _flaws):
        yield from ((f"{name} {number}", scene) for number, (name, scene) in enumerate(part(long)))


def _named(name: str, channel: Channel = TELEGRAM, /, **values: object) -> tuple[str, Scene]:
    shown = ", ".join(f"{key}={value}" for key, value in values.items() if isinstance(value, str | int))
    return f"{name} {channel} {shown[:80]}", lambda renderer: renderer.notice(name, channel, **values)


def _fitting(name: str, *cuts: int, **values: object) -> tuple[str, Scene]:
    return name, lambda renderer: renderer.fitting_notice(name, cuts, **values)


# --- answers


def _answers(long: str) -> Iterator[tuple[str, Scene]]:
    for channel, compact, answer in product((TELEGRAM, CLI), (False, True), _every_answer(long)):
        name = f"{answer.outcome} {answer.kind} {answer.reason} {answer.chat} {channel} {compact}"
        yield name, lambda r, a=answer, c=channel, o=compact: r.answer(a, c, compact=o)  # type: ignore[misc]
    quoted = _answered(long, False)
    yield "inline", lambda r: r.quote(quoted)
    for form, cited in product(("plain", "markdown", "footnote"), quoted.citations):
        yield f"citation {form} {CLI}", lambda r, f=form, c=cited: r.citation(f, c)  # type: ignore[misc]
    yield _named("referral", what="question", person=f"Aiko{long}", question=f"Who signed? {long}")
    for url in (None, "https://example.org/a"):
        yield _named("referral", what="reply", reply=ReferralReply(3, f"Haruka{long}", f"Kishi signed. {long}", url))
    for what in ("sent", "forgotten", "unsent"):
        yield _named("referral", what=what)
    for moved in (False, True):
        yield f"context {moved}", lambda r, m=moved: r.context(_context(long, m), 2)  # type: ignore[misc]
    yield _named("inline-result", CLI, quote=quoted.citations[0])
    for hint in ("access", "request", "empty", "closest", "filters", "nothing"):
        yield _named("inline-hint", CLI, hint=hint)
    yield _named("inline-hint", CLI, hint="limit", wait=Wait(60, is_of_person=True, is_told=True))


def _every_answer(long: str) -> Iterator[Answer]:
    for kind, tentative in product((Kind.WHO, Kind.YES_NO), (False, True)):
        yield _answered(long, tentative).model_copy(update={"kind": kind})
    yield _answered(long, True).model_copy(update={"further": True})
    for left_out, carried in product((0, 1, 2), ((), ("Kishi",))):
        yield _timeline(long).model_copy(update={"left_out": left_out, "carried": carried})
    for label, carried in ((f"Kishi{long}", ()), ("", ("Kishi",))):
        yield _side_by_side(long, label).model_copy(update={"carried": carried})
    for differing in ((), ((1, 2),)):
        yield _brief(long).model_copy(update={"differing": differing})
    yield _answered(long, False).model_copy(update={"carried": ("Kishi", f"in:osa{long}")})
    changes = (QuantityChange(number=1, before=6, was=f"24 %{long}", now=f"27 %{long}"),)
    for left_out in (0, 1, 2):
        update = {"watched": True, "differing": (), "changes": changes, "left_out": left_out}
        yield _answered(long, False).model_copy(update=update)
    for date in (None, DAY):
        cited = tuple(c.model_copy(update={"date": date}) for c in _answered(long, False).citations)
        undated = {"dateless": True, "carried": ("Kishi",), "citations": cited}
        yield _answered(long, False).model_copy(update=undated)
    one, two = (
        LibraryProfile(articles=1),
        LibraryProfile(
            articles=2,
            first=DAY,
            last=DAY + dt.timedelta(days=1),
            publishers=(f"Kyodo{long}",),
            more_publishers=2,
            newest=(NewArticle(file="a.txt", title=f"Ships{long}", date=DAY),),
        ),
    )
    for chat, profile in product(SmallTalk, (None, one, two)):
        yield _abstained(Reason.CHAT, chat=chat, library=profile)
    block = {"blocks": ((2, 1),), "citations": _answered(long, False).citations}
    yield _answered(long, False).model_copy(update={**block, "agreeing": ()})
    for reason in (Reason.EMPTY, Reason.TOO_LONG, Reason.FOREIGN, Reason.UNSUPPORTED):
        yield _abstained(reason)
    more = {"citations": _answered(long, False).citations, "missing": ("fleet", f"ships{long}"), "carried": ("Kishi",)}
    yield _abstained(Reason.UNSUPPORTED, filters=Filters(written=(f"in:osa{long}",)), **more)
    for problem, known in product(Problem, ((), ("2023-01-05", "2025-04-28"))):
        fault = FilterFault(problem=problem, filters=(f"after:x{long}",), known=known)
        yield _abstained(Reason.FILTERS, fault=fault, filters=Filters(written=("after:2026",), after=DAY))


def _abstained(reason: Reason, **more: object) -> Answer:
    values = {"question": "Who signed?", "kind": Kind.WHO, "outcome": "abstained", "confidence": 0, "reason": reason}
    return Answer.model_validate(values | more)


def _answered(long: str, tentative: bool) -> Answer:
    return Answer(
        question="Who signed?",
        kind=Kind.WHO,
        outcome="answered",
        confidence=1,
        tentative=tentative,
        citations=tuple(_citation(number, long) for number in range(1, 7)),
        agreeing=((1, 2),),
        differing=((4, 3),),
    )


def _timeline(long: str) -> Answer:
    marks = (
        TimelineMark(number=1, date="2014-03", written="March 2014", worked_out=False),
        TimelineMark(number=3, date="2025-04-01/2025-04-10", written="early April", worked_out=True),
        TimelineMark(number=4, date=None, written="Monday", worked_out=False),
        TimelineMark(number=5, date=None, written="last year", worked_out=False),
        TimelineMark(number=6, date=None, written="last year", worked_out=False),
    )
    return _answered(long, False).model_copy(update={"kind": Kind.TIMELINE, "timeline": marks, "differing": ()})


def _side_by_side(long: str, label: str) -> Answer:
    """A comparison of two names, or else of ages and periods; of the last side there is nothing."""
    senses = [ColumnSense.NAME] * 3 if label else [ColumnSense.OLDER, ColumnSense.UNDATED, ColumnSense.NEWER]
    senses += [] if label else [ColumnSense.BEFORE, ColumnSense.SINCE]
    numbers: list[tuple[int, ...]] = [(1, 3), (4,), (), (5,), (6,)]
    columns = tuple(
        ComparedColumn(label=label or "2021", sense=sense, numbers=own, by_article=own[1:])
        for sense, own in zip(senses, numbers, strict=False)
    )
    aspects = (
        ComparedAspect(kind=AspectKind.FIGURE, differs=True, numbers=(1, 4), words=("1", "4")),
        ComparedAspect(kind=AspectKind.WORDS, differs=False, numbers=(3, 4), words=("", "")),
    )
    update = {"kind": Kind.SIDE_BY_SIDE, "columns": columns, "aspects": aspects, "differing": ()}
    return _answered(long, False).model_copy(update=update)


def _brief(long: str) -> Answer:
    told = Brief(topic=f"OSA{long}", marks=(BriefMark(aspect=Aspect.HEADLINE, number=1),))
    return _answered(long, False).model_copy(update={"kind": Kind.BRIEF, "brief": told})


def _citation(number: int, long: str) -> Citation:
    unit = {5: Unit.PAGE, 6: Unit.PARAGRAPH}.get(number)
    return Citation(
        number=number,
        file=f"a.txt{long}",
        line=number,
        start=0,
        end=1,
        quote=f"Kishi signed {number}. {long}",
        title=f"Ships{long}",
        date=DAY if number % 2 else None,
        score=1,
        original=DocumentPlace(file=f"a.pdf{long}", unit=unit, number=number) if unit else None,
    )


def _context(long: str, moved: bool) -> Context:
    article = read_article("a.txt", f"Ships\n\nApril 28, 2025\n\nKishi signed. {long}".encode())
    assert isinstance(article, Article)
    sentences = tuple(Sentence(text=f"Kishi signed. {long}", quoted=n == 1, lead=" ", gap=n == 2) for n in range(3))
    return Context(article=article, line=5, start=0, original=None, sentences=sentences, moved=moved)


# --- what is said to everybody


def _choice(is_chosen: bool) -> dict[str, object]:
    told = {"number": 1, "heading": "Figures", "text": "Kishi signed.", "source": "A deal, a.txt:3"}
    return {**told, "is_chosen": is_chosen, "is_pinned": is_chosen, "is_first": is_chosen}


def _briefs(_: str) -> Iterator[tuple[str, Scene]]:
    for one in (None, _choice(True), _choice(False)):
        yield _fitting("brief-choice", 90, 40, topic="OSA", one=one, entries=[_choice(True), _choice(False)])
    yield _named("brief-words", CLI)


def _notices(_: str) -> Iterator[tuple[str, Scene]]:
    for command in ("ask", "timeline", "compare", "brief"):
        yield _named("usage", command=command)
    for name in ("help", "unknown-command", "failure", "feedback-thanks", "nobody", "curators-only"):
        yield _named(name)
    for name, channel in (("chat", CLI), ("start", TELEGRAM)):
        yield _named(name, channel, count=5)
    for name in ("buttons", "commands", "language-refused", "curators-only"):
        yield _named(name, CLI)
    yield _named("language-refused")
    for chosen, group in product((False, True), repeat=2):
        yield _named("language", is_chosen=chosen, is_group=group)
    yield from _about_buttons()
    for channel, is_of_person, seconds in product((TELEGRAM, CLI), (False, True), (1, 60)):
        yield _named("limit", channel, wait=Wait(seconds, is_of_person, is_told=True))
    yield from _about_delays()
    for keep_days in (None, 1, 365):
        yield _named("privacy", keep_days=keep_days)
    for count in (0, 1, 12):
        yield _named("forget", is_agreed=None, count=count)
        yield _named("forget", is_agreed=bool(count), count=count)


def _about_buttons() -> Iterator[tuple[str, Scene]]:
    for buttons in CHOICE_BUTTONS:
        yield _named("choice-buttons", CLI, of=buttons)
    for what in (*filter(None, Toast), "somebody else's", "owners only", "request gone"):
        yield _named("pressed", CLI, what=what)


def _about_delays() -> Iterator[tuple[str, Scene]]:
    yield _named("owner-alert", what="set aside", update_id=1_000_001)
    yield _named("owner-alert", what="database gone", name="policydesk.db")
    yield _named("owner-alert", what="file gone", name="articles")
    yield _named("owner-alert", what="stalled")
    yield _named("owner-alert", what="refused", reason="\N{DIGIT FOUR}" * 999)
    for minutes in (11, 120, 3_000):
        yield _named("waited", minutes=minutes)
    for waiting in (1, 300):
        yield _named("busy", waiting=waiting)


def _about_people(long: str) -> Iterator[tuple[str, Scene]]:
    yield _named("feedback-why", person=None)
    yield _named("feedback-why", person=Person(id=7, name=f"Aiko{long}"))
    yield _named("access-refused", CLI)
    yield _named("access-request", party=None)
    for party in _parties(long):
        for name in ("access-granted", "access-decided"):
            yield _named(name, party=party)
        for is_asked in (False, True):
            yield _named("access-refused", party=party, is_asked=is_asked)
            yield _named("access-waiting", party=party)
        for by in ("", f"Olga{long}"):
            yield _named("access-request", party=party, by=by)
        for is_new in (False, True):
            yield _named("access-decided", CLI, party=party, is_new=is_new)


def _about_weeks(long: str) -> Iterator[tuple[str, Scene]]:
    for count, reviewed_at in product((0, 1, 12), (None, "https://desk.example.org")):
        asked = tuple(OpenQuestion(id=n, question=f"海はどこか {n}{long}", times=n) for n in range(1, count + 1))
        figures = WeekFigures(questions=count, answered=0, people=count, refused=asked, disputed=asked, cited=())
        changed = tuple((f"{n}{long}.txt", kind) for n in range(count) for kind in (Freshness.CHANGED, Freshness.GONE))
        week = Digest(first=DAY, last=DAY, figures=figures, gaps=asked, changed=changed, reviewed_at=reviewed_at)
        yield _fitting("digest", *digest.CUTS, digest=week, listed=digest.LISTED)


def _about_watches(long: str) -> Iterator[tuple[str, Scene]]:
    topic = f"ships{long}"
    for fault in WatchFault:
        yield _named("usage", command="watch", fault=fault, written=f"25{long}")
    for at, minutes, tied in product((None, "8:00"), (60, 1, 5), ((), ("osa",))):
        yield _named("watching", topic=topic, at=at, minutes=minutes, tied=tied)
    rows = [{"topic": topic, "at": at, "level": level} for at, level in product((None, "8:00"), (-1, 0, 1))]
    for watches in ([], rows):
        yield _named("watches", watches=watches)
    for limit, is_of_chat in product((1, 20), (False, True)):
        yield _named("watch-limit", limit=limit, is_of_chat=is_of_chat)
    for what in ("stop", "less", "more", "less at end", "more at end", "gone"):
        yield _named("pressed", CLI, what=f"watch {what}", topic=topic)


def _parties(long: str) -> Iterator[Party]:
    for party_id, standing, by in product((7, -7), Standing, ("the command line", f"Olga{long} (5)")):
        yield Party(id=party_id, name=f"Desk{long}", standing=standing, code="AB2CD3", asked_at=NOW, decided_by=by)


# --- what is said of articles


def _about_articles(long: str) -> Iterator[tuple[str, Scene]]:
    for wanted in ("", f"9{long}"):
        yield _named("usage", command="source", wanted=wanted, count=5)
    places = (_citation(1, long), _citation(5, long), _citation(6, long))
    for url, date in ((None, None), ("https://example.org/a", DAY)):
        yield _named("source-caption", title=f"Ships{long}", url=url, date=date, places=places)
    for count, more, tied in ((2, 0, 0), (1, 0, 1), (10, 3, 2)):
        yield _fitting("sources", *sources.CUTS, page=_sources(long, count, more, tied))
    for page in _histories(long):
        yield _fitting("history", *own_record.CUTS, page=page)
    yield from _about_collections(long)
    for changed in (Changes(), Changes(added=(f"a{long}",) * 7, changed=("b",), gone=("c",))):
        values = {"problem": None, "flaw": None, "count": 5, "skipped": (), "more_skipped": 0}
        yield _named("reloaded", changes=changed, **values)
    yield from _about_drafts(long)


def _sources(long: str, count: int, more: int, tied: int) -> SourcesMessage:
    article = ListedArticle(
        number=1,
        file="a.txt",
        original=None,
        collection="osa" if more else "",
        title=f"Ships{long}",
        date=DAY if more else None,
        publisher=f"Kyodo{long}" if more else None,
        url="https://example.org/a" if more else None,
        passages=count,
    )
    skipped = SkippedFile(file=f"b{long}", reason="", cure="", flaw=FileProblem.NAME)
    return SourcesMessage(
        tied=("osa", f"asia{long}")[:tied],
        gone=("osa",) if tied > 1 else (),
        articles=(article,) * count,
        more=more,
        next=2,
        skipped=(skipped,) * min(count, 3),
        more_skipped=more,
    )


def _histories(long: str) -> Iterator[HistoryPage]:
    for number, is_of_chat in product((0, 1), (False, True)):
        yield HistoryPage(number=number, is_of_chat=is_of_chat, questions=(), has_older=False)
        questions = tuple(_earlier(long, freshness) for freshness in Freshness)
        yield HistoryPage(number=number, is_of_chat=is_of_chat, questions=questions, has_older=True)


def _earlier(long: str, freshness: Freshness) -> EarlierQuestion:
    cited = _citation(1, long).model_dump(include=set(LoggedCitation.model_fields))
    quote = QuotedAgain(cited=LoggedCitation.model_validate(cited), freshness=freshness)
    is_answered = freshness is not Freshness.GONE or bool(long)
    return EarlierQuestion(
        question=long and f"Who? {long}",
        asked_at=NOW,
        is_answered=is_answered,
        quotes=(quote, quote) if is_answered else (),
        more=2 if is_answered else 0,
        freshness=freshness,
    )


def _about_collections(long: str) -> Iterator[tuple[str, Scene]]:
    names = ("osa", f"asia{long}")
    for what, tied, known, is_topic in product(
        ("shown", "tied", "undone", "unknown"), ((), names), ((), names), (False, True)
    ):
        values = {"tied": tied, "known": known, "gone": tied[:1], "unknown": ["oda"], "is_topic": is_topic}
        yield _named("use", what=what, **values)


def _about_drafts(long: str) -> Iterator[tuple[str, Scene]]:
    names = (f"a{long}",) * 5
    for collection, same, titled in (("", (), ()), ("osa", names, ()), (f"osa{long}", (), names)):
        draft = _draft(long, full=bool(collection))
        yield _fitting(
            "draft",
            *uploads.CUTS,
            draft=draft,
            opening=draft.opening,
            collection=collection,
            is_new_collection=collection == "osa",
            same=same,
            titled=titled,
            hours=24,
        )
    yield _named("draft-decided", what="expired")
    yield _named("draft-decided", what="discarded", name=f"a{long}")
    for replaced in ((), names):
        kept = StoredUpload(f"a.pdf{long}", replaced)
        yield _named("draft-decided", what="kept", kept=kept, problem=None, flaw=None)
    for problem in ("shipped", "caption", "telegram", "large", "many"):
        yield _named("upload-refused", problem=problem, error=None, limit=10_000_000, most=10)


def _draft(long: str, *, full: bool) -> Draft:
    dropped = tuple(OmittedText(what=what, count=1_234, sample=long and f"p. 3 {long}") for what in Omission)
    return Draft(
        name=f"a.pdf{long}",
        format=Format.PDF,
        title=f"Ships{long}",
        date=DAY if full else None,
        publisher=f"Kyodo{long}" if full else None,
        text=f"Kishi signed. {long}\n" * 7,
        sentences=1_234,
        dropped=dropped if full else (),
        sha256="0" * 64,
        bytes=5,
    )


# --- what is wrong with a file


def _flaws(long: str) -> Iterator[tuple[str, Scene]]:
    for flaw in [flaw for flaw in FileProblem if flaw not in OF_ALL]:
        reason, cure, figures = "it is in English", "say it otherwise", FIGURES.get(flaw, (1_234_567, 8_910))
        file = SkippedFile(file=f"b{long}", reason=reason, cure=cure, flaw=flaw, figures=figures)
        values = {"changes": Changes(), "count": 5, "more_skipped": 4, "problem": None, "flaw": None}
        yield _named("reloaded", skipped=(file,) * 3, **values)
        error = DocumentError(f"b{long}", reason, cure, flaw, figures)
        yield _named("upload-refused", problem="unreadable", error=error, limit=1, most=1)
        yield _named("upload-refused", CLI, error=error)
    for flaw in OF_ALL:
        problem = f"This is said in English. {long}"
        values = {"changes": Changes(), "count": 5, "skipped": (), "more_skipped": 0}
        yield _named("reloaded", problem=problem, flaw=flaw, **values)
        yield _named("draft-decided", what="kept", kept=StoredUpload("a", ()), problem=problem, flaw=flaw)
