"""All that the desk says is said in every one of its languages, with the same values, and fits where it is shown."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from jinja2.meta import find_undeclared_variables

from prompts.errors import TemplatesError
from prompts.languages import Language, language_of
from prompts.render import MESSAGE_UNITS, Channel, Renderer, units
from prompts.template_loader import TEMPLATES
from retrieval.documents.formats import format_of
from retrieval.documents.models import UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.models import SkippedFile
from retrieval.reading.articles import read_article
from tests.support.answers import Reading, abstained, answered, citation
from tests.support.desk import policydesk
from tests.support.scenes import LONG, scenes

RENDERER = Renderer()
SHORT, HUGE = dict(scenes()), dict(scenes(LONG))
NAMES = sorted(path.name for path in (TEMPLATES / "en").iterdir())
OTHERS = [language for language in Language if language is not Language.ENGLISH]
ALERT_CHARS, CAPTION_UNITS, MENU_CHARS = 200, 1024, 256
"""Longest answer to a press, caption of a file, and description of a command (Bot API)."""
ALERTS = (
    "pressed",
    "limit cli",
    "not-yours",
    "access-refused cli",
    "access-owners",
    "access-stale",
    "access-decided cli",
)
WRITING = {Language.JAPANESE: re.compile("[\u3041-\u30ff]"), Language.VIETNAMESE: re.compile("[\u1ea0-\u1ef9ăđơư]")}
"""Letters that the other two languages do not have."""
WORDLESS = re.compile(r"inline \d|inline-result|context False|button-number")
"""Scenes in which hardly more is said than what an article says."""
EXAMPLES = re.compile(
    r"Who signed the (?:defense equipment )?agreement\?|“and Malaysia\?”|“when was that\?”|policydesk --?\w+|/\w+ all"
)
"""English that is meant: questions as one might ask them here, and what is typed."""
ENGLISH_WORDS = re.compile(
    r"\b(?:the|and|or|of|is|are|was|you|your|not|this|that|with|for|it|in|on|by|from|question|answer|article|page)\b",
    re.IGNORECASE,
)
Overlay = Callable[..., Path]


def parsed(language: Language, name: str) -> nodes.Template:
    environment = Environment(trim_blocks=True, autoescape=True)
    environment.filters |= {"name": str, "marked": str}
    return environment.parse((TEMPLATES / language / name).read_text("utf-8"))


def keys(language: Language, name: str) -> list[str]:
    """What the lines of a template of buttons or commands begin with."""
    return [line.partition(": ")[0] for line in RENDERER.in_language(language).notice(name, Channel.CLI).splitlines()]


def told_apart(template: nodes.Template) -> set[str]:
    """The values by which a template says one thing or another."""
    compared = [const for compare in template.find_all(nodes.Compare) for const in compare.find_all(nodes.Const)]
    return {str(const.value) for const in compared if isinstance(const.value, str)}


def own_words(template: nodes.Template) -> Iterator[str]:
    """The words of a template itself, without its markup and what is typed."""
    texts = [data.data for data in template.find_all(nodes.TemplateData)]
    texts += [const.value for const in template.find_all(nodes.Const) if isinstance(const.value, str)]
    for text in texts:
        yield re.sub(r"<[^>]*>|`[^`]*`|\b(?:in|from|after|before):\S+|(?m:^\w+: )", " ", EXAMPLES.sub(" ", text))


def english_lines(said: str) -> set[str]:
    """The lines of what is said in English that hold words of ours, and not only those of an article."""
    return {line for line in said.split("\n") if re.search(r"[a-z]{3,} [a-z]{2,} ", line) and "“" not in line}


# --- nothing is missing


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_template_and_no_other(language: Language) -> None:
    assert sorted(path.name for path in (TEMPLATES / language).iterdir()) == NAMES


def test_there_is_no_folder_of_templates_that_nobody_is_spoken_to_from() -> None:
    assert sorted(path.name for path in TEMPLATES.iterdir()) == sorted(Language)


@pytest.mark.parametrize("language", OTHERS)
def test_a_template_is_given_the_same_in_every_language(language: Language) -> None:
    asked_for = {code: {name: find_undeclared_variables(parsed(code, name)) for name in NAMES} for code in Language}
    assert asked_for[language] == asked_for[Language.ENGLISH]


@pytest.mark.parametrize("language", OTHERS)
def test_whatever_english_tells_apart_the_other_languages_do_too(language: Language) -> None:
    ours, theirs = ({name: told_apart(parsed(code, name)) for name in NAMES} for code in (Language.ENGLISH, language))
    assert {name: ours[name] - theirs[name] for name in NAMES if ours[name] - theirs[name]} == {}


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", [name.partition(".")[0] for name in NAMES if "buttons." in name or "commands" in name])
def test_buttons_and_commands_are_the_same_in_the_same_order(language: Language, name: str) -> None:
    assert keys(language, name) == keys(Language.ENGLISH, name)
    assert all(keys(language, name))


@pytest.mark.parametrize("language", Language)
def test_the_scenes_come_by_every_template(language: Language) -> None:
    """Otherwise what is tested below leaves something out."""
    renderer = Renderer()
    for scene in SHORT.values():
        scene(renderer.in_language(language))
    loaded = {key[1] for key in renderer._environments[language].cache or ()}
    assert sorted(loaded) == NAMES


# --- in its own words


@pytest.mark.parametrize("language", OTHERS)
def test_everything_is_said_in_the_language_and_no_line_in_english(language: Language) -> None:
    renderer = RENDERER.in_language(language)
    assert [
        name for name, scene in SHORT.items() if english_lines(scene(RENDERER)) & set(scene(renderer).split("\n"))
    ] == []
    worded = {name: scene for name, scene in SHORT.items() if not WORDLESS.match(name)}
    assert [name for name, scene in worded.items() if not WRITING[language].search(scene(renderer))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_template_holds_words_of_english_but_for_what_is_typed(language: Language) -> None:
    assert [(name, words) for name in NAMES for words in english_words(parsed(language, name))] == []


def english_words(template: nodes.Template) -> list[str]:
    """The words of a template that are English, but for values that it tells apart or translates."""
    translated = {pair.key.value for pair in template.find_all(nodes.Pair) if isinstance(pair.key, nodes.Const)}
    values = told_apart(template) | translated
    return [words for words in own_words(template) if words not in values and ENGLISH_WORDS.search(words)]


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_wrong_with_a_file_has_words_in_every_language(language: Language) -> None:
    for name, scene in SHORT.items():
        assert not re.search("in English|say it otherwise", scene(RENDERER.in_language(language))), name


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"\x1f\x8b",
        b"7z\xbc\xaf",
        b"Rar!",
        b"MZ",
        b"\x7fELF",
        b"{\\rtf",
        b"Words.",
        b"<html>",
    ],
)
def test_a_document_that_is_not_what_its_name_says_is_called_what_it_is(language: Language, content: bytes) -> None:
    with pytest.raises(UnreadableError) as refused:
        format_of("report.pdf", content)
    error = refused.value.refusal
    assert error.flaw is FileProblem.MISNAMED
    words = RENDERER.in_language(language).notice("upload-refused", Channel.CLI, error=error)
    assert ".pdf" in words
    assert (str(error.figures[1]) in words) == (language is Language.ENGLISH)


@pytest.mark.parametrize(
    ("content", "flaw", "figures"),
    [
        (b"", FileProblem.EMPTY, ()),
        (b"a\0b", FileProblem.NUL, ()),
        (b"ab\xff", FileProblem.ENCODING, (3, 3)),
        (b"---\ntitle: a\n", FileProblem.FRONT_OPEN, ()),
        (b"---\ntitle: a\ndate: x\n---\nWords.", FileProblem.FRONT_DATE, ()),
    ],
)
def test_a_file_that_cannot_be_used_says_what_is_wrong_by_a_name_that_stays(
    content: bytes, flaw: FileProblem, figures: tuple[int, ...]
) -> None:
    skipped = read_article("a.txt", content)
    assert isinstance(skipped, SkippedFile)
    assert (skipped.flaw, skipped.figures) == (flaw, figures)


def test_dates_numbers_and_places_are_written_as_in_the_language() -> None:
    original = {"file": "a.pdf", "unit": "page", "number": 3}
    answer = answered(citation(date="2025-04-28", original=original))
    shown = {language: RENDERER.in_language(language).answer(answer, Channel.CLI) for language in Language}
    assert shown[Language.JAPANESE] == "“Kishi signed.”\n  [1] A deal、2025年4月28日、a.pdf、3 ページ目"
    assert shown[Language.VIETNAMESE] == "“Kishi signed.”\n  [1] A deal, 28/4/2025, a.pdf, trang 3"
    too_long = abstained(question="x" * 1_234).model_copy(update={"reason": "too long"})
    assert "1,234 文字" in RENDERER.in_language(Language.JAPANESE).answer(too_long, Channel.CLI)
    assert "1.234 ký tự" in RENDERER.in_language(Language.VIETNAMESE).answer(too_long, Channel.CLI)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ja", Language.JAPANESE),
        ("ja-JP", Language.JAPANESE),
        ("VI_vn", Language.VIETNAMESE),
        ("en-GB", Language.ENGLISH),
        ("fr", None),
        ("japanese", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_is_known_by_its_code_with_or_without_a_country(code: str | None, language: Language | None) -> None:
    assert language_of(code) is language


# --- it fits


@pytest.mark.parametrize("language", Language)
def test_whatever_names_and_texts_are_like_a_message_fits_and_is_valid(language: Language) -> None:
    renderer = RENDERER.in_language(language)
    said = {name: scene(renderer) for name, scene in HUGE.items() if " cli " not in name}
    assert len(said) > 200
    assert [name for name, words in said.items() if not 0 < units(words) <= limit(name)] == []
    for name, words in said.items():
        if not name.startswith(("feedback-why", "digest")):  # which name a person or a page by a link
            Reading(words.replace("<blockquote>", "<blockquote expandable>"))


def limit(name: str) -> int:
    return CAPTION_UNITS if name.startswith("source-caption") else MESSAGE_UNITS


@pytest.mark.parametrize("language", Language)
def test_what_a_press_is_answered_fits_an_alert(language: Language) -> None:
    alerts = [
        name for name in HUGE if name.startswith(ALERTS) or re.match(r"(?:curators-only|language-refused) cli", name)
    ]
    assert len(alerts) > 20
    for name in alerts:
        assert len(HUGE[name](RENDERER.in_language(language))) <= ALERT_CHARS, name


@pytest.mark.parametrize("language", Language)
def test_commands_are_described_in_as_few_words_as_a_menu_takes(language: Language) -> None:
    for line in RENDERER.in_language(language).notice("commands", Channel.CLI).splitlines():
        assert 1 <= len(line.partition(": ")[2]) <= MENU_CHARS


# --- a team's own words


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    def make(**templates: str) -> Path:
        for name, source in templates.items():
            path = tmp_path / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
        return tmp_path / "templates"

    return make


def test_a_template_in_the_folder_of_a_language_takes_the_place_of_the_one_of_that_language(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"ja/failure.html.j2": "すみません。", "failure.html.j2": "Oh no."}))
    said = {language: renderer.in_language(language).notice("failure") for language in Language}
    assert said[Language.ENGLISH] == "Oh no."
    assert said[Language.JAPANESE] == "すみません。"
    assert said[Language.VIETNAMESE] == RENDERER.in_language(Language.VIETNAMESE).notice("failure")


def test_english_too_may_have_a_folder_which_wins(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"en/failure.html.j2": "Sorry.", "failure.html.j2": "Oh no."}))
    assert renderer.notice("failure") == "Sorry."


def test_an_own_template_may_build_on_the_original_of_its_language(overlay: Overlay) -> None:
    own = "{% from 'parts.txt.j2' import quoted %}{{ quoted(shown[0]) }}"
    renderer = Renderer(overlay(**{"vi/answered.txt.j2": own})).in_language(Language.VIETNAMESE)
    assert renderer.answer(answered(citation(date="2025-04-28")), Channel.CLI).endswith("A deal, 28/4/2025, a.txt:3")


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("ja/failyure.html.j2", "Sorry", "has a name that nothing uses"),
        ("vi/abstained.txt.j2", "{{ mood }}", "asks for mood, which this reply does not have"),
        ("ja/abstained.txt.j2", "{{ answer.questoin }}", "cannot be used: .* has no attribute 'questoin'"),
        ("vi/start.html.j2", "{% if %}", "cannot be read: Expected an expression"),
    ],
)
def test_a_template_of_a_language_that_cannot_be_used_ends_the_start_and_is_named(
    overlay: Overlay, name: str, source: str, fault: str
) -> None:
    folder = overlay(**{name: source})
    with pytest.raises(TemplatesError, match=fault) as refused:
        Renderer(folder)
    assert f"Template {folder / name} " in str(refused.value)


def test_folders_of_other_names_are_left_to_the_team(overlay: Overlay) -> None:
    """As before there were languages: what a template of the team includes may stand wherever it likes."""
    folder = overlay(**{"shared/sorry.html.j2": "Sorry.", "failure.html.j2": "{% include 'shared/sorry.html.j2' %}"})
    assert Renderer(folder).notice("failure") == "Sorry."


def test_the_command_line_speaks_english_whatever_the_machine_does() -> None:
    ended = policydesk("ask", "Who chairs the parliament of Norway?", LANG="ja_JP.UTF-8", LANGUAGE="ja")
    assert ended.stdout.startswith("Nothing in the articles answers this")
