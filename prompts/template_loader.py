"""The templates, in each language: those of policydesk and, over them, a team's own, tried before they are used."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, TypeAlias

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    meta,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from prompts.citations import answer_values
from prompts.errors import TemplatesError
from prompts.languages import Language
from prompts.markup import FILTERS, on_telegram
from prompts.models import Answer, Citation, Reason
from prompts.template_cache import TemplateCache
from prompts.translations import folding
from prompts.translations.catalogues import open_catalogue, shipped_catalogue
from prompts.truncation import shortened
from retrieval.models import DocumentPlace, FilterFault, Kind, Problem, Unit
from retrieval.patterns import lazy_pattern

TEMPLATES = Path(__file__).parent / "templates"
CHANNELS = ("html", "txt")
"""What stands before `.j2` in the name of a template that is for one channel only: for Telegram, and for plain text."""
CITATION = "citation-"
"""What the names of templates begin with that word a citation to paste elsewhere."""
_OF_CHANNEL = lazy_pattern(rf"\.({'|'.join(CHANNELS)})\.j2$")
Loaded: TypeAlias = tuple[str, str, Callable[[], bool]]
"""A template as a loader hands it over: text, file, and whether it is up to date."""
_GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}


def open_templates(overlay: Path | None) -> Mapping[Language, Environment]:
    """Load the templates and their translations into every language.

    Args:
        overlay: A folder whose templates take the place of those of the same name: in all languages where their words
            can be translated, otherwise in English. Those in its sub-folders `en`, `ja` and `vi` do so in that
            language, and catalogues in `locales` replace single translations.

    Raises:
        TemplatesError: The folder is missing, or a template or catalogue in it cannot be used.
    """
    if overlay is not None and not overlay.is_dir():
        raise TemplatesError(f"No folder of templates at {overlay}: create it, or unset POLICYDESK_TEMPLATES.")
    return {language: _open(language, overlay) if overlay else _open_shipped(language) for language in Language}


def fill_in(template: Template, values: Mapping[str, object]) -> str:
    """Fill in a template.

    Raises:
        TemplatesError: It fails on them.
    """
    try:
        return template.render(**values)
    except Exception as error:  # a template can raise whatever Python can
        raise TemplatesError(
            f"Template {template.filename} cannot be used: {error}. Correct it, or remove it."
        ) from error


def of_all_channels(name: str) -> str:
    """The name of the template that serves all channels, where there is none for this one: `limit.j2`, say."""
    return _OF_CHANNEL.sub(".j2", name)


@cache
def _for_channel(template: str, parent: str) -> str:
    """Return the name of a template that another loads: for the same channel, where none is named."""
    channel = _OF_CHANNEL.search(parent)
    return (
        template if channel is None or _OF_CHANNEL.search(template) else f"{template.removesuffix('.j2')}{channel[0]}"
    )


def _is_html(name: str | None) -> bool:
    return name is not None and name.endswith(".html.j2")


class _Environment(Environment):
    """Templates in one language; a channel's template loads the same channel's version of another template."""

    def __init__(self, catalogue: NullTranslations, loader: BaseLoader, cache: BytecodeCache | None) -> None:
        self._catalogue = catalogue
        super().__init__(
            loader=loader,
            extensions=["jinja2.ext.i18n"],
            autoescape=_is_html,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=cache,
            auto_reload=False,  # those of a team are tried once, at the start
        )
        self.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined] # of the extension

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        return super()._generate(folding.TranslationFolder(self._catalogue).visit(source), name, filename, defer_init)

    def join_path(self, template: str, parent: str) -> str:
        return _for_channel(template, parent)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Make a plain dictionary: every rendering copies it, and to copy a chain takes longer than to render."""
        return {**self.globals, **(d or {})}


class _SandboxedEnvironment(_Environment, ImmutableSandboxedEnvironment):
    """Templates among which are a team's own, which get at words and nothing else; words take twice as long."""


class _Folder(FileSystemLoader):
    """A folder of templates, of which one without a channel in its name serves all."""

    def get_source(self, environment: Environment, template: str) -> Loaded:
        """Read a template for its channel, or else for all."""
        try:
            return super().get_source(environment, template)
        except TemplateNotFound:
            return super().get_source(environment, of_all_channels(template))


class _TranslatedFolder(_Folder):
    """The templates of a team's folder that can be translated, and what they include from its sub-folders."""

    def get_source(self, environment: Environment, template: str) -> Loaded:
        """Read a template, unless its words are in one language only."""
        source = super().get_source(environment, template)
        if "/" not in template and not _is_translated(environment, source[0]):
            raise TemplateNotFound(template)
        return source


def _is_translated(environment: Environment, source: str) -> bool:
    return any(name.name in _GETTEXT for name in environment.parse(source).find_all(nodes.Name))


@cache
def _open_shipped(language: Language) -> Environment:
    """Open the templates of policydesk alone, which are compiled once in a process."""
    return _open(language, None)


def _open(language: Language, overlay: Path | None) -> Environment:
    catalogue = open_catalogue(language, overlay)
    loader = ChoiceLoader([*_own(language, overlay), _Folder(TEMPLATES)])
    environment = (
        _Environment(catalogue, loader, _cache(language))
        if overlay is None
        else _SandboxedEnvironment(catalogue, loader, None)
    )
    environment.globals |= {
        "language": language.value,
        "comma": catalogue.pgettext("between the items of a list", ", "),
        "on_telegram": on_telegram,
    }
    environment.filters |= {**FILTERS, "name": shortened}
    if overlay is not None:
        _check(environment, (overlay / language).glob("*.j2"))
        _check(environment, overlay.glob("*.j2") if language is Language.ENGLISH else ())
    return environment


def _cache(language: Language) -> TemplateCache:
    catalogues = [] if language is Language.ENGLISH else [shipped_catalogue(language)]
    return TemplateCache(Path(__file__).parent, language, [*catalogues, Path(folding.__file__), Path(__file__)])


def _own(language: Language, overlay: Path | None) -> list[FileSystemLoader]:
    """A team's own templates in a language, the first before the second."""
    if overlay is None:
        return []
    return [_Folder(overlay / language), (_Folder if language is Language.ENGLISH else _TranslatedFolder)(overlay)]


def _check(environment: Environment, own: Iterable[Path]) -> None:
    """Try a team's own templates, so that a mistake in them ends the start and not an answer."""
    for path in sorted(own):
        names = _names(path.name)
        known = _known(environment, path.name)
        if known is None:
            raise TemplatesError(f"Template {path} has a name that nothing uses: see {TEMPLATES} for those there are.")
        try:
            unknown = _asks_for(environment, path) - known
            templates = [environment.get_template(name) for name in names]
        except (TemplateError, UnicodeDecodeError, OSError) as error:
            raise TemplatesError(f"Template {path} cannot be read: {error}. Correct it, or remove it.") from error
        if unknown:
            raise TemplatesError(
                f"Template {path} asks for {', '.join(sorted(unknown))}, which this reply does not have."
            )
        for sample in _samples():
            if path.name.startswith(f"{sample.outcome}."):
                for template in templates:
                    fill_in(template, {"answer": sample, "compact": False, **answer_values(sample)})


def _names(name: str) -> list[str]:
    """What a template of that name is rendered as: for its channel, or for each."""
    if _OF_CHANNEL.search(name):
        return [name]
    return [f"{name.removesuffix('.j2')}.{channel}.j2" for channel in CHANNELS]


def _known(environment: Environment, name: str) -> set[str] | None:
    """What a template of that name may ask for; None where nothing uses the name."""
    of_answer = re.fullmatch(r"(?:answered|abstained)(?:\.([a-z-]+))?\.j2", of_all_channels(name))
    if of_answer and of_answer[1] in {None, *(kind.replace(" ", "-") for kind in Kind)}:
        return {"answer", "compact", *answer_values(next(_samples()))}
    if re.fullmatch(rf"{CITATION}[\w-]+\.txt\.j2", name):
        return {"cited", "quote"}
    originals = [TEMPLATES / original for original in {of_all_channels(name), *_names(name)}]
    asked_for = [_asks_for(environment, original) for original in originals if original.exists()]
    return set[str]().union(*asked_for) if asked_for else None


def _asks_for(environment: Environment, path: Path) -> set[str]:
    return meta.find_undeclared_variables(environment.parse(path.read_text(encoding="utf-8")))


def _samples() -> Iterator[Answer]:
    """Yield answers that a team's own templates are tried on."""
    refused = Answer(question="?", kind=Kind.WHAT, outcome="abstained", confidence=0)
    for reason in Reason:
        if reason is not Reason.FILTERS:
            yield refused.model_copy(update={"reason": reason})
    for problem in Problem:
        fault = FilterFault(problem=problem, filters=("in:a",))
        yield refused.model_copy(update={"reason": Reason.FILTERS, "fault": fault})
    yield Answer(
        question="?",
        kind=Kind.WHAT,
        outcome="answered",
        confidence=1,
        citations=tuple(
            Citation(number=n, file="a.txt", line=n, start=0, end=1, quote="A", title="A", score=1, original=original)
            for n, original in enumerate((None, None, DocumentPlace(file="a.pdf", unit=Unit.PAGE, number=3), None), 1)
        ),
        agreeing=((1, 2),),
        carried=("A",),
        differing=((4, 1),),
    )
