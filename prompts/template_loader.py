"""The templates of each language: those of policydesk and, over them, a team's own, tried before they are used."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from prompts.citations import entries, marked
from prompts.errors import TemplatesError
from prompts.languages import Language
from prompts.models import Answer, Citation, Reason
from prompts.truncation import shortened
from retrieval.models import DocumentPlace, FilterFault, Kind, Problem, Unit

TEMPLATES = Path(__file__).parent / "templates"


def open_templates(overlay: Path | None) -> Mapping[Language, Environment]:
    """Load the templates of every language.

    Args:
        overlay: A folder whose templates take the place of the English ones of the same name, and those of its
            sub-folders `en`, `ja` and `vi` of the ones of that language.

    Raises:
        TemplatesError: The folder is missing, or one of its templates cannot be used.
    """
    if overlay is not None and not overlay.is_dir():
        raise TemplatesError(f"No folder of templates at {overlay}: create it, or unset POLICYDESK_TEMPLATES.")
    return {language: _open(language, _own(language, overlay)) for language in Language}


def rendered(template: Template, values: Mapping[str, object]) -> str:
    """The text that a template makes of some values.

    Raises:
        TemplatesError: It fails on them.
    """
    try:
        return template.render(**values)
    except Exception as error:  # a template can raise whatever Python can
        raise TemplatesError(
            f"Template {template.filename} cannot be used: {error}. Correct it, or remove it."
        ) from error


def _own(language: Language, overlay: Path | None) -> list[Path]:
    """A team's own folders for a language, the first before the second."""
    if overlay is None:
        return []
    return [overlay / language, *([overlay] if language is Language.ENGLISH else [])]


def _open(language: Language, own: list[Path]) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in [*own, TEMPLATES / language]]),
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # those of a team are tried once, at the start
    )
    environment.filters |= {"marked": marked, "name": shortened}
    _check(environment, (path for folder in own for path in sorted(folder.glob("*.j2"))))
    return environment


def _check(environment: Environment, own: Iterable[Path]) -> None:
    """Try a team's own templates, so that a mistake in them ends the start and not an answer."""
    for path in own:
        known = _known(environment, path.name)
        if known is None:
            raise TemplatesError(
                f"Template {path} has a name that nothing uses: see {TEMPLATES / 'en'} for those there are."
            )
        try:
            unknown = _asks_for(environment, path) - known
            template = environment.get_template(path.name)
        except (TemplateError, UnicodeDecodeError, OSError) as error:
            raise TemplatesError(f"Template {path} cannot be read: {error}. Correct it, or remove it.") from error
        if unknown:
            raise TemplatesError(
                f"Template {path} asks for {', '.join(sorted(unknown))}, which this reply does not have."
            )
        for sample in _SAMPLES:
            if path.name.startswith(f"{sample.outcome}."):
                rendered(template, {"answer": sample, "compact": False, **entries(sample)})


def _known(environment: Environment, name: str) -> set[str] | None:
    """What a template of that name may ask for; None where nothing uses the name."""
    of_answer = re.fullmatch(r"(?:answered|abstained)(?:\.([a-z-]+))?\.(?:html|txt)\.j2", name)
    if of_answer and of_answer[1] in {None, *(kind.replace(" ", "-") for kind in Kind)}:
        return {"answer", "compact", *entries(_SAMPLES[0])}
    original = TEMPLATES / Language.ENGLISH / name
    return _asks_for(environment, original) if original.exists() else None


def _asks_for(environment: Environment, path: Path) -> set[str]:
    return meta.find_undeclared_variables(environment.parse(path.read_text(encoding="utf-8")))


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
            fault=FilterFault(problem=problem, filters=("in:a",)),
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
            for n, original in enumerate((None, None, DocumentPlace(file="a.pdf", unit=Unit.PAGE, number=3), None), 1)
        ),
        agreeing=((1, 2),),
        carried=("A",),
        differing=((4, 1),),
    ),
)
"""Answers that a team's own templates are tried on."""
