"""An answer, or anything else the bot says, to the words of a channel: the only place that knows markup and limits."""

import datetime as dt
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypedDict

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from prompts.errors import TemplatesError
from prompts.models import Answer, Citation, Reason
from prompts.shortening import cut, short_place, shortened, shown_sentences
from retrieval.context import Context
from retrieval.errors import PolicydeskError
from retrieval.models import Fault, Kind, Place, Problem, Unit
from retrieval.terms import passage_words

TEMPLATES = Path(__file__).parent / "templates"
MESSAGE_UNITS = 4096
"""Longest Telegram message, in UTF-16 units after its markup is read (Bot API, sendMessage)."""
LIMITS = ((4_000, 200), (1_200, 200), (800, 160), (500, 120), (300, 80), (150, 40))
"""Longest quote and longest title or file name, in code points, tried from the left until the message fits."""

BESIDE = (1_000, 500, 300, 200, 100, 30)
"""Longest sentence beside a quote, for each of these limits."""

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    r"\u2028-\u202e\u2066-\u2069]"  # the marks that reverse the writing direction of all that follows
)
_TAG = re.compile(r"<[^<>]*>")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~&!$]|^[-+=:.)\d]", re.MULTILINE)


class Channel(StrEnum):
    """Where words are read."""

    TELEGRAM = "telegram"
    INLINE = "inline"
    CLI = "cli"


class Shown(NamedTuple):
    """A citation as shown: quote and names cut where too long, where else it stands, whether another contradicts it."""

    number: int
    quote: str
    cut: bool
    matched: tuple[str, ...]
    title: str
    date: dt.date | None
    file: str
    line: int
    original: Place | None
    also: tuple[int, ...]
    contradicted: bool


class Entries(TypedDict):
    """What a template of an answer is given besides the answer."""

    shown: list[Shown]
    repeats: list[Shown]
    contrasts: list[list[Shown]]


class Renderer:
    """Turns answers and notices into words, with the templates of policydesk and, over them, a team's own."""

    def __init__(self, overlay: Path | None = None) -> None:
        """Load the templates.

        Args:
            overlay: A folder whose templates take the place of those of the same name.

        Raises:
            TemplatesError: The folder is missing, or one of its templates cannot be used.
        """
        folders = [TEMPLATES / "en"] if overlay is None else [overlay, TEMPLATES / "en"]
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            autoescape=lambda name: name is not None and name.endswith(".html.j2"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"marked": _marked, "name": shortened, "md": _in_markdown}
        if overlay is not None:
            self._check(overlay)

    def answer(self, answer: Answer, channel: Channel, *, compact: bool = False) -> str:
        """The words of an answer.

        Args:
            answer: What to say.
            channel: Where it is read; on Telegram the result is its HTML and fits one message.
            compact: Whether it should be short, because others read along who did not ask.

        Returns:
            The exact text to send.
        """
        ending = _ENDINGS[channel]
        kind = answer.kind.replace(" ", "-")
        names = [f"{answer.outcome}.{kind}.{ending}", f"{answer.outcome}.{ending}"]
        template = self._environment.select_template(names)
        texts = (_render(template, answer=answer, compact=compact, **_entries(answer, *limits)) for limits in LIMITS)
        return next(texts) if channel is Channel.CLI else _fitting(texts)

    def context(self, context: Context, number: int) -> str:
        """The words of a quote with what stands around it, as Telegram's HTML; they fit one message.

        Args:
            context: The quote and its neighbours.
            number: The number the quote is cited by.

        Returns:
            The exact text to send.
        """
        template = self._environment.get_template("context.html.j2")
        return _fitting(
            _render(
                template,
                entry=_placed(context, number, name_chars),
                sentences=shown_sentences(context.sentences, quote_chars, beside),
                moved=context.moved,
            )
            for (quote_chars, name_chars), beside in zip(LIMITS, BESIDE, strict=True)
        )

    def quote(self, answer: Answer) -> str:
        """The words of one quote that stands for itself, in a chat where nobody asked, as Telegram's HTML.

        Args:
            answer: An answer with the quote as its first.

        Returns:
            The exact text to send; it fits one message.
        """
        template = self._environment.get_template("inline.html.j2")
        return _fitting(_render(template, entry=_shown(answer.citations[0], answer, *limits)) for limits in LIMITS)

    def notice(self, name: str, channel: Channel = Channel.TELEGRAM, /, **values: object) -> str:
        """The words of anything that is not an answer: a greeting, help, the list of sources, a failure.

        Args:
            name: The template's name without its ending.
            channel: Where it is read.
            **values: What the template needs.

        Returns:
            The exact text to send.
        """
        return _render(self._environment.get_template(f"{name}.{_ENDINGS[channel]}"), **values)

    def fitting_notice(self, name: str, cuts: Sequence[int], /, **values: object) -> str:
        """The words of a notice on Telegram, cut so that they fit one message.

        Args:
            name: The template's name without its ending.
            cuts: What to give it as `cut`, tried from the left; the last is taken in any case.
            **values: What else the template needs.
        """
        for length in cuts[:-1]:
            words = self.notice(name, cut=length, **values)
            if units(words) <= MESSAGE_UNITS:
                return words
        return self.notice(name, cut=cuts[-1], **values)

    def stream(self, name: str, /, **values: object) -> Iterator[str]:
        """The words of something too long to hold, a piece at a time.

        Args:
            name: The template's name with its ending, but for `.j2`.
            **values: What the template needs; what it walks through is taken one at a time.

        Raises:
            TemplatesError: The template cannot be used.
        """
        template = self._environment.get_template(f"{name}.j2")
        with _explained(template):
            for piece in template.generate(**values):
                yield _CONTROL.sub("\ufffd", piece)

    def _check(self, overlay: Path) -> None:
        if not overlay.is_dir():
            raise TemplatesError(f"No folder of templates at {overlay}: create it, or unset POLICYDESK_TEMPLATES.")
        for path in sorted(overlay.glob("*.j2")):
            self._check_template(path)

    def _check_template(self, path: Path) -> None:
        known = self._known(path.name)
        if known is None:
            raise TemplatesError(
                f"Template {path} has a name that nothing uses: see {TEMPLATES / 'en'} for those there are."
            )
        try:
            unknown = self._asks_for(path) - known
            template = self._environment.get_template(path.name)
        except (TemplateError, UnicodeDecodeError, OSError) as error:
            raise TemplatesError(f"Template {path} cannot be read: {error}. Correct it, or remove it.") from error
        if unknown:
            raise TemplatesError(
                f"Template {path} asks for {', '.join(sorted(unknown))}, which this reply does not have."
            )
        for sample in _SAMPLES:
            if path.name.startswith(f"{sample.outcome}."):
                _render(template, answer=sample, compact=False, **_entries(sample, *LIMITS[0]))

    def _known(self, name: str) -> set[str] | None:
        """What a template of that name may ask for; None where nothing uses the name."""
        of_answer = re.fullmatch(r"(?:answered|abstained)(?:\.([a-z-]+))?\.(?:html|txt)\.j2", name)
        if of_answer and of_answer[1] in {None, *(kind.replace(" ", "-") for kind in Kind)}:
            return {"answer", "compact", *_entries(_SAMPLES[0], *LIMITS[0])}
        original = TEMPLATES / "en" / name
        return self._asks_for(original) if original.exists() else None

    def _asks_for(self, path: Path) -> set[str]:
        return meta.find_undeclared_variables(self._environment.parse(path.read_text(encoding="utf-8")))


def _render(template: Template, **values: object) -> str:
    with _explained(template):
        return clean(template.render(**values))


@contextmanager
def _explained(template: Template) -> Iterator[None]:
    try:
        yield
    except PolicydeskError:  # of what is given to the template to walk through
        raise
    except Exception as error:  # a template can raise whatever Python can
        raise TemplatesError(
            f"Template {template.filename} cannot be used: {error}. Correct it, or remove it."
        ) from error


def _fitting(texts: Iterable[str]) -> str:
    """The first text that fits a Telegram message; the last, which is the shortest, where none does."""
    text = ""
    for text in texts:
        if units(text) <= MESSAGE_UNITS:
            break
    return text


_SAMPLES = (
    *(
        Answer(question="?", kind=Kind.WHAT, outcome="abstained", reason=reason, confidence=0)
        for reason in Reason
        if reason is not Reason.FILTERS
    ),
    *(
        Answer(
            question="?",
            kind=Kind.WHAT,
            outcome="abstained",
            reason=Reason.FILTERS,
            confidence=0,
            fault=Fault(problem=problem, filters=("in:a",)),
        )
        for problem in Problem
    ),
    Answer(
        question="?",
        kind=Kind.WHAT,
        outcome="answered",
        confidence=1,
        citations=tuple(
            Citation(number=n, file="a.txt", line=n, start=0, end=1, quote="A", title="A", score=1, original=original)
            for n, original in enumerate((None, None, Place(file="a.pdf", unit=Unit.PAGE, number=3), None), 1)
        ),
        agreeing=((1, 2),),
        carried=("A",),
        differing=((4, 1),),
    ),
)
"""Answers that a team's own templates are tried on, so that a mistake ends the start and not an answer."""

_ENDINGS = {Channel.TELEGRAM: "html.j2", Channel.INLINE: "html.j2", Channel.CLI: "txt.j2"}


def units(text: str) -> int:
    """Length of a Telegram message as Telegram counts it: UTF-16 units of the text its HTML stands for."""
    return len(html.unescape(_TAG.sub("", text)).encode("utf-16-le", "surrogatepass")) // 2


def as_seen(reply: str, channel: Channel) -> str:
    """A reply as whoever asked saw it, without the markup of its channel.

    Args:
        reply: The exact words that were sent.
        channel: Where they were read.
    """
    return reply if channel is Channel.CLI else html.unescape(_TAG.sub("", reply))


def _in_markdown(text: str, prefix: str = "> ") -> str:
    """A text as Markdown that shows nothing but its words; of several lines each gets a prefix."""
    lines = _MARKDOWN.sub(r"\\\g<0>", clean(text)).split("\n")
    return ("\n" if prefix else " ").join(prefix + line for line in lines)


def clean(text: str) -> str:
    """Control characters made visible, so that no article or question can command a terminal or break a message."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n")).strip()


def _entries(answer: Answer, quote_chars: int, name_chars: int) -> Entries:
    """The citations whose quote is shown, those that say nearly the same as one of them, and those at odds."""
    repeats = {number for group in answer.agreeing for number in group[1:]}
    entries = {c.number: _shown(c, answer, quote_chars, name_chars) for c in answer.citations}
    return Entries(
        shown=[entry for number, entry in entries.items() if number not in repeats],
        repeats=[entries[number] for number in entries if number in repeats],
        contrasts=[[entries[number] for number in group] for group in answer.differing],
    )


def _shown(citation: Citation, answer: Answer, quote_chars: int, name_chars: int) -> Shown:
    quote, is_cut = cut(citation.quote, quote_chars)
    return Shown(
        number=citation.number,
        quote=quote,
        cut=is_cut,
        matched=citation.matched,
        title=shortened(citation.title, name_chars),
        date=citation.date,
        file=shortened(citation.file, name_chars),
        line=citation.line,
        original=short_place(citation.original, name_chars),
        also=next((group[1:] for group in answer.agreeing if group[0] == citation.number), ()),
        contradicted=any(citation.number in group for group in answer.differing),
    )


def _placed(context: Context, number: int, name_chars: int) -> Citation:
    """What a context's first line names: article, date and place, without the quote."""
    article = context.article
    return Citation(
        number=number,
        file=shortened(article.file, name_chars),
        line=context.line,
        start=context.start,
        end=context.start,
        quote="",
        title=shortened(article.title, name_chars),
        date=article.date,
        original=short_place(context.original, name_chars),
        score=0,
    )


def _marked(quote: str, matched: Sequence[str]) -> Markup:
    """A quote as HTML, with the words that match the question in bold; adjoining words share one mark."""
    pieces, place = [], 0
    for start, end in _bold_spans(quote, frozenset(matched)):
        pieces += [escape(quote[place:start]), Markup("<b>"), escape(quote[start:end]), Markup("</b>")]
        place = end
    return Markup("").join([*pieces, escape(quote[place:])])


def _bold_spans(quote: str, matched: frozenset[str]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for word in passage_words(quote):
        if word.term not in matched:
            continue
        if spans and (word.start < spans[-1][1] or quote[spans[-1][1] : word.start] == " "):
            spans[-1] = (spans[-1][0], max(spans[-1][1], word.end))
        else:
            spans.append((word.start, word.end))
    return spans
