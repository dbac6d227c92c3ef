"""Answers and notices to the words of a channel, within its limits."""

import copy
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Protocol, Self

from jinja2 import Template, TemplateNotFound

from prompts.citations import answer_values, display, place_of
from prompts.errors import TemplatesError
from prompts.languages import Language
from prompts.markup import MESSAGE_UNITS, clean, fitted, nested_quotes, units, utf16_units
from prompts.models import Answer, Channel
from prompts.template_loader import CITATION, fill_in, open_templates
from prompts.truncation import BESIDE, LIMITS, shown_sentences
from retrieval.reading.quote_context import Context


class CitedQuote(Protocol):
    """A quote as cited: one of an answer, or one on record."""

    @property
    def shown(self) -> str:
        """The sentence as people are shown it."""
        ...

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """Copy it with other values."""
        ...


class Renderer:
    """Words answers and notices in one language, with the templates of policydesk and, over them, a team's own."""

    def __init__(self, overlay: Path | None = None) -> None:
        """Load the templates of all languages, and of a team's folder.

        Raises:
            TemplatesError: The folder is missing, or one of its templates cannot be used.
        """
        self.language = Language.ENGLISH
        self._environments = open_templates(overlay)
        # To look for templates that are not there takes longer than to fill one in.
        self._found = {
            language: lru_cache(maxsize=None)(environment.select_template)
            for language, environment in self._environments.items()
        }

    def in_language(self, language: Language) -> "Renderer":
        """Return a renderer of the same templates in another language."""
        other = copy.copy(self)
        other.language = language
        return other

    def _template(self, *names: str) -> Template:
        """The first of the named templates that exists."""
        return self._found[self.language](names)

    def warm_up(self) -> None:
        """Load the templates of answers in every language, which would cost the first answer a tenth of a second."""
        for find in self._found.values():
            for name in _OF_ANSWERS:
                find((f"{name}.html.j2",))

    def answer(
        self, answer: Answer, channel: Channel, *, compact: bool = False, waited: dt.timedelta | None = None
    ) -> str:
        """Word an answer; for Telegram as HTML that fits one message.

        Args:
            answer: The answer.
            channel: Where it is read.
            compact: Whether it should be short, because a group reads along.
            waited: How long ago it was asked, where that is to be said.
        """
        ending = _ENDINGS[channel]
        kind = answer.kind.replace(" ", "-")
        name = "watched" if answer.watched else "answered" if answer.outcome == "answered" else "abstained"
        template = self._template(f"{name}.{kind}.{ending}", f"{name}.{ending}")
        before = "" if waited is None else self.notice("waited", channel, minutes=round(waited.total_seconds() / 60))
        texts = (
            "\n\n".join(filter(None, [before, _render(template, answer=answer, compact=compact, **values)]))
            for values in (answer_values(answer, *limits) for limits in LIMITS)
        )
        return next(texts) if channel is Channel.CLI else _fitting(texts)

    def context(self, context: Context, number: int) -> str:
        """Word a quote, cited by its number, with its neighbours, as Telegram's HTML that fits one message."""
        template = self._template("context.html.j2")
        return _fitting(
            _render(
                template,
                entry=place_of(context, number, name_chars),
                sentences=shown_sentences(context.sentences, quote_chars, beside),
                moved=context.moved,
            )
            for (quote_chars, name_chars), beside in zip(LIMITS, BESIDE, strict=True)
        )

    def quote(self, answer: Answer) -> str:
        """Word an answer's first quote for a chat in which nobody asked, as Telegram's HTML that fits one message."""
        template = self._template("inline.html.j2")
        return _fitting(_render(template, entry=display(answer.citations[0], answer, *limits)) for limits in LIMITS)

    def citation(self, form: str, cited: CitedQuote, limit: int | None = None) -> str:
        """Word a citation to paste elsewhere, after its quote where both fit the limit, in UTF-16 units.

        An address that does not fit is left out: a part of it would lead elsewhere.

        Raises:
            TemplatesError: There is no such form, or its template cannot be used.
        """
        template, text = self.citation_form(form), ""
        sources = (cited, cited.model_copy(update={"url": None}))
        for source, quote in product(sources, (nested_quotes(cited.shown), "")):
            text = _render(template, cited=source, quote=quote)
            if limit is None or utf16_units(text) <= limit:
                return text
        return text[: limit // 2] if limit else text

    def citation_form(self, form: str) -> Template:
        """Return the template that words citations in a form.

        Raises:
            TemplatesError: There is none.
        """
        try:
            return self._template(f"{CITATION}{form}.txt.j2")
        except TemplateNotFound:
            raise TemplatesError(
                f"No citation {form!r}: POLICYDESK_CITATION is plain, markdown or footnote, or the NAME of a template"
                " citation-NAME.txt.j2 of your own."
            ) from None

    def notice(self, name: str, channel: Channel = Channel.TELEGRAM, /, **values: object) -> str:
        """Word a greeting, help, the list of sources, a failure: the template of that name with its values.

        On Telegram it fits one message, whatever the values are.
        """
        words = _render(self._template(f"{name}.{_ENDINGS[channel]}"), **values)
        return words if channel is Channel.CLI else fitted(words)

    def fitting_notice(self, name: str, cuts: Sequence[int], /, **values: object) -> str:
        """Word a notice on Telegram, short enough for one message.

        Args:
            name: The template's name without its ending.
            cuts: Values for the template's `cut`, tried from the left; by the last the words are cut where need be.
            **values: The other values of the template.
        """
        template = self._template(f"{name}.{_ENDINGS[Channel.TELEGRAM]}")
        return _fitting(_render(template, cut=length, **values) for length in cuts)


def _render(template: Template, **values: object) -> str:
    return clean(fill_in(template, values))


def _fitting(texts: Iterable[str]) -> str:
    """The first text that fits a Telegram message; the last, which is the shortest, is cut where none does."""
    text = ""
    for text in texts:
        if units(text) <= MESSAGE_UNITS:
            break
    return fitted(text)


_OF_ANSWERS = ("answered", "abstained", "parts", "reading")
_ENDINGS = {Channel.TELEGRAM: "html.j2", Channel.INLINE: "html.j2", Channel.CLI: "txt.j2"}
