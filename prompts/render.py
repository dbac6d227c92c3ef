"""An answer, or anything else the bot says, to the words of a channel: the only place that knows markup and limits."""

import copy
import datetime as dt
import html
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Template

from prompts.citations import entries, placed, shown
from prompts.languages import Language
from prompts.models import Answer, Channel
from prompts.template_loader import open_templates, rendered
from prompts.truncation import BESIDE, LIMITS, shown_sentences
from retrieval.reading.quote_context import Context

MESSAGE_UNITS = 4096
"""Longest Telegram message, in UTF-16 units after its markup is read (Bot API, sendMessage)."""
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    r"\u2028-\u202e\u2066-\u2069]"  # the marks that reverse the writing direction of all that follows
)
_TAG = re.compile(r"<[^<>]*>")


class Renderer:
    """Turns answers and notices into words, with the templates of policydesk and, over them, a team's own.

    Attributes:
        language: The language of the words; what is quoted stays in its own.
    """

    def __init__(self, overlay: Path | None = None) -> None:
        """Load the templates of all languages; the words are English unless asked for otherwise.

        Args:
            overlay: A folder of a team's own templates, which take the place of those of the same name.

        Raises:
            TemplatesError: The folder is missing, or one of its templates cannot be used.
        """
        self.language = Language.ENGLISH
        self._environments = open_templates(overlay)
        # What was found is remembered: to look for templates that are not there takes longer than to fill one in.
        self._found = {
            language: lru_cache(maxsize=None)(environment.select_template)
            for language, environment in self._environments.items()
        }

    def in_language(self, language: Language) -> "Renderer":
        """The same in another language.

        Args:
            language: The language.
        """
        other = copy.copy(self)
        other.language = language
        return other

    def _template(self, *names: str) -> Template:
        """The first of some templates that there is."""
        return self._found[self.language](names)

    def warm_up(self) -> None:
        """Load what the first answer in a chat is worded with, in every language, which takes a tenth of a second."""
        for find in self._found.values():
            for name in _OF_ANSWERS:
                find((f"{name}.html.j2",))

    def answer(
        self, answer: Answer, channel: Channel, *, compact: bool = False, waited: dt.timedelta | None = None
    ) -> str:
        """The words of an answer.

        Args:
            answer: What to say.
            channel: Where it is read; on Telegram the result is its HTML and fits one message.
            compact: Whether it should be short, because others read along who did not ask.
            waited: How long ago it was asked, where that is to be said.

        Returns:
            The exact text to send.
        """
        ending = _ENDINGS[channel]
        kind = answer.kind.replace(" ", "-")
        template = self._template(f"{answer.outcome}.{kind}.{ending}", f"{answer.outcome}.{ending}")
        before = "" if waited is None else self.notice("waited", channel, minutes=round(waited.total_seconds() / 60))
        texts = (
            "\n\n".join(filter(None, [before, _render(template, answer=answer, compact=compact, **shown)]))
            for shown in (entries(answer, *limits) for limits in LIMITS)
        )
        return next(texts) if channel is Channel.CLI else _fitting(texts)

    def context(self, context: Context, number: int) -> str:
        """The words of a quote with what stands around it, as Telegram's HTML; they fit one message.

        Args:
            context: The quote and its neighbours.
            number: The number the quote is cited by.

        Returns:
            The exact text to send.
        """
        template = self._template("context.html.j2")
        return _fitting(
            _render(
                template,
                entry=placed(context, number, name_chars),
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
        template = self._template("inline.html.j2")
        return _fitting(_render(template, entry=shown(answer.citations[0], answer, *limits)) for limits in LIMITS)

    def notice(self, name: str, channel: Channel = Channel.TELEGRAM, /, **values: object) -> str:
        """The words of anything that is not an answer: a greeting, help, the list of sources, a failure.

        Args:
            name: The template's name without its ending.
            channel: Where it is read.
            **values: What the template needs.

        Returns:
            The exact text to send.
        """
        return _render(self._template(f"{name}.{_ENDINGS[channel]}"), **values)

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


def _render(template: Template, **values: object) -> str:
    return clean(rendered(template, values))


def _fitting(texts: Iterable[str]) -> str:
    """The first text that fits a Telegram message; the last, which is the shortest, where none does."""
    text = ""
    for text in texts:
        if units(text) <= MESSAGE_UNITS:
            break
    return text


_OF_ANSWERS = ("answered", "abstained", "parts", "reading")
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


def clean(text: str) -> str:
    """Control characters made visible, so that no article or question can command a terminal or break a message."""
    return harmless(text).strip()


def harmless(text: str) -> str:
    """The same for a part of a text, which may begin or end with a space."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))
