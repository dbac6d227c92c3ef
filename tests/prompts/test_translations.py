"""All that the desk says is said in every one of its languages, with the same values, and fits where it is shown."""

import datetime as dt
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from jinja2 import Environment, nodes

from prompts.errors import TemplatesError
from prompts.languages import Language, language_of
from prompts.markup import MESSAGE_UNITS, units
from prompts.models import Channel
from prompts.render import Renderer
from prompts.template_loader import TEMPLATES, of_all_channels
from prompts.translations.catalogues import LOCALES, fault_in, open_catalogue
from retrieval.articles_folder import Changes
from retrieval.documents.formats import format_of
from retrieval.documents.models import UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.models import SkippedFile
from retrieval.reading.articles import read_article
from tests.support.answers import Reading, abstained, answered, citation
from tests.support.desk import policydesk, write
from tests.support.scripts.scenes import CHOICE_BUTTONS, LONG, OF_ALL, scenes

RENDERER = Renderer()
SHORT, HUGE = dict(scenes()), dict(scenes(LONG))
NAMES = sorted(path.name for path in TEMPLATES.iterdir())
OTHERS = [language for language in Language if language is not Language.ENGLISH]
ALERT_CHARS, CAPTION_UNITS, MENU_CHARS = 200, 1024, 256
"""Longest answer to a press, caption of a file, and description of a command (Bot API)."""
ALERTS = ("pressed", "limit cli", "access-refused cli", "access-decided cli")
WRITING = {Language.JAPANESE: re.compile("[\u3041-\u30ff]"), Language.VIETNAMESE: re.compile("[\u1ea0-\u1ef9ăđơư]")}
"""Letters that the other two languages do not have."""
WORDLESS = re.compile(r"citation|inline \d|inline-result|context False")
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


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def written(language: Language) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "policydesk.po"


def messages(path: Path) -> dict[object, Message]:
    return {(message.context, message.id): message for message in catalogue(path) if message.id}


def forms(texts: str | Iterable[str]) -> list[str]:
    """A message or a translation, in singular and plural where it has both."""
    return [texts] if isinstance(texts, str) else list(texts)


def keys(language: Language, name: str, **values: str) -> list[str]:
    """What the lines of a template of buttons or commands begin with."""
    words = RENDERER.in_language(language).notice(name, Channel.CLI, **values)
    return [line.partition(": ")[0] for line in words.splitlines()]


def own_words(text: str) -> str:
    """The words of a text without its markup, its values and what is typed."""
    text = re.sub(r"<[^>]*>|%\(\w+\)\w", " ", EXAMPLES.sub(" ", text))
    return re.sub(r"`[^`]*`|\b(?:in|from|after|before):\S+", " ", text)


def english_lines(said: str) -> set[str]:
    """The lines of what is said in English that hold words of ours, and not only those of an article."""
    return {line for line in said.split("\n") if re.search(r"[a-z]{3,} [a-z]{2,} ", line) and "“" not in line}


# --- nothing is missing


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_and_none_is_doubtful_or_left_over(language: Language) -> None:
    """A message that is new or has changed is one of these until a translator has seen it."""
    ours = messages(written(language))
    assert set(ours) == set(messages(LOCALES / "policydesk.pot"))
    assert [message.id for message in ours.values() if not all(forms(message.string or ""))] == []
    assert [message.id for message in ours.values() if message.fuzzy] == []
    assert list(catalogue(written(language)).obsolete) == []


def test_there_is_no_catalogue_that_nobody_is_spoken_to_from() -> None:
    assert sorted(path.name for path in LOCALES.iterdir()) == sorted([*OTHERS, "policydesk.pot"])


def test_the_messages_are_those_of_the_templates(tmp_path: Path) -> None:
    """`make messages` takes them out."""
    found = tmp_path / "found.pot"
    root = LOCALES.parent.parent
    CommandLineInterface().run(  # type: ignore[no-untyped-call]
        ["pybabel", "-q", "extract", "-F", str(root / "pyproject.toml"), "-o", str(found), str(LOCALES.parent)]
    )
    assert set(messages(found)) == set(messages(LOCALES / "policydesk.pot"))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_same_values_as_its_message(language: Language) -> None:
    for message in messages(written(language)).values():
        originals, values = forms(message.id), re.compile(r"%\((\w+)\)")
        for words in forms(message.string or ""):
            assert {*values.findall(words)} == {*values.findall("".join(originals))}, words
            assert fault_in(words, *originals) is None


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(
    ("name", "values"),
    [("buttons", {}), ("commands", {}), *(("choice-buttons", {"of": buttons}) for buttons in CHOICE_BUTTONS)],
)
def test_buttons_and_commands_are_the_same_in_the_same_order(
    language: Language, name: str, values: dict[str, str]
) -> None:
    assert keys(language, name, **values) == keys(Language.ENGLISH, name, **values)
    assert keys(language, name, **values)
    assert all(keys(language, name, **values))


@pytest.mark.parametrize("language", Language)
def test_the_scenes_come_by_every_template(language: Language) -> None:
    """Otherwise what is tested below leaves something out."""
    renderer = Renderer()
    for scene in SHORT.values():
        scene(renderer.in_language(language))
    loaded = {key[1] for key in renderer._environments[language].cache or ()}
    loaded = {name if name in NAMES else of_all_channels(name) for name in loaded}
    assert sorted(loaded) == NAMES


# --- in its own words


@pytest.mark.parametrize("language", OTHERS)
def test_everything_is_said_in_the_language_and_no_line_in_english(language: Language) -> None:
    renderer = RENDERER.in_language(language)
    assert [
        name
        for name, scene in SHORT.items()
        if english_lines(scene(RENDERER)) & set(scene(renderer).split("\n")) and not name.startswith("citation")
    ] == []
    worded = {name: scene for name, scene in SHORT.items() if not WORDLESS.match(name)}
    assert [name for name, scene in worded.items() if not WRITING[language].search(scene(renderer))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_holds_words_of_english_but_for_what_is_typed(language: Language) -> None:
    said = [words for message in messages(written(language)).values() for words in forms(message.string or "")]
    assert [words for words in said if ENGLISH_WORDS.search(own_words(words))] == []


def test_no_template_says_what_cannot_be_translated() -> None:
    """What stands outside of gettext is markup, the name of a button, a command, or a language's own name."""
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, autoescape=True)
    for name in NAMES:
        template = environment.parse((TEMPLATES / name).read_text("utf-8"))
        said = "".join(data.data for data in template.find_all(nodes.TemplateData))
        said = re.sub(
            r"<[^>]*>?|^\W*/?\w+(?: N)?(?: –|: (?:English)?)|/exchange/|/inbox|Tiếng Việt", "", said, flags=re.MULTILINE
        )
        assert not re.search(r"[a-z]{2}", said), name


def test_what_is_wrong_with_a_file_is_called_in_the_catalogues_what_the_program_calls_it() -> None:
    """English words come from where a file is read; translators find the same."""
    program = "".join(path.read_text("utf-8") for path in (LOCALES.parent.parent / "retrieval").rglob("*.py"))
    template = (TEMPLATES / "flaws.txt.j2").read_text("utf-8")
    said = re.findall(r'it\.flaw == "[a-z ]+" %\}\n\{\{ _\("(.+?); (.+?)"', template)
    assert len(said) == len(FileProblem) - len(OF_ALL)
    for part in [part for both in said for text in both for part in re.split(r"%\(\w+\)s", text)]:
        assert part in program


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
            write(tmp_path / "templates" / name, source)
        return tmp_path / "templates"

    return make


def test_a_template_in_the_folder_of_a_language_takes_the_place_of_the_one_of_that_language(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"ja/failure.html.j2": "すみません。", "failure.html.j2": "Oh no."}))
    said = {language: renderer.in_language(language).notice("failure") for language in Language}
    assert said[Language.ENGLISH] == "Oh no."
    assert said[Language.JAPANESE] == "すみません。"
    assert said[Language.VIETNAMESE] == RENDERER.in_language(Language.VIETNAMESE).notice("failure")


def test_a_template_whose_words_can_be_translated_takes_the_place_in_every_language(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"failure.html.j2": "{{ _('Not used') }} ({{ language }})"}))
    said = [renderer.in_language(language).notice("failure") for language in Language]
    assert said == ["Not used (en)", "使えないファイル (ja)", "Không dùng được (vi)"]


def test_a_template_that_names_no_channel_serves_all(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"curators-only.j2": "{{ 'Ask <Olga>.' | italic }}"}))
    assert renderer.notice("curators-only") == "<i>Ask &lt;Olga&gt;.</i>"
    assert renderer.notice("curators-only", Channel.CLI) == "Ask <Olga>."


PO = "locales/{}/LC_MESSAGES/policydesk.po"


def test_a_catalogue_replaces_single_translations_and_english_words_too(overlay: Overlay) -> None:
    own = 'msgid "Not used"\nmsgstr "{}"\n'
    renderer = Renderer(overlay(**{PO.format("ja"): own.format("対象外"), PO.format("en"): own.format("Left out")}))
    error = {"changes": Changes(), "count": 5, "more_skipped": 4, "problem": None, "flaw": None}
    skipped = (SkippedFile(file="a", reason="it is empty", cure="", flaw=FileProblem.EMPTY),)
    said = {
        code: renderer.in_language(code).notice("reloaded", skipped=skipped, **error).split("\n") for code in Language
    }
    assert [said[code][3] for code in Language] == ["<b>Left out</b>", "<b>対象外</b>", "<b>Không dùng được</b>"]
    assert said[Language.JAPANESE][0].startswith("すべての記事を")


def test_a_catalogue_may_have_more_plurals_than_english(overlay: Overlay) -> None:
    header = 'msgid ""\nmsgstr "Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"\n\n'
    message = 'msgid "%(num)s passage"\nmsgid_plural "%(num)s passages"\n'
    own = {PO.format("en"): f'{header}{message}msgstr[0] "one"\nmsgstr[1] "two"\nmsgstr[2] "%(num)s of them"\n'}
    template = "{{ ngettext('%(num)s passage', '%(num)s passages', count) }}"
    renderer = Renderer(overlay(**own, **{"start.html.j2": template}))
    assert [renderer.notice("start", count=number) for number in (0, 1, 2, 3)] == [
        "0 of them",
        "one",
        "two",
        "3 of them",
    ]


def test_a_compiled_catalogue_holds_until_what_it_was_compiled_from_changes(overlay: Overlay) -> None:
    folder = overlay(**{PO.format("en"): 'msgid "Thank you, noted."\nmsgstr "Thanks!"\n'})
    source = folder / PO.format("en")
    with source.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, catalogue(source))
    source.write_text(source.read_text("utf-8").replace("Thanks", "Cheers"), encoding="utf-8")
    for age, said in ((-60, "Thanks!"), (60, "Cheers!")):
        made = source.with_suffix(".mo").stat().st_mtime
        os.utime(source, (made + age, made + age))
        assert Renderer(folder).notice("feedback-thanks") == said
    source.unlink()
    assert Renderer(folder).notice("feedback-thanks") == "Thanks!"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            'msgid "New: %(files)s"\nmsgstr "%(file)s"',
            "cannot be used: .* asks for file, which this message does not have",
        ),
        ('msgid "New: %(files)s"\nmsgstr "50 % %(files)s"', "cannot be used: .* cannot be filled in"),
        ('msgid "New: %(files)s"\nmsgid "Gone"', "cannot be read"),
    ],
)
def test_a_catalogue_that_cannot_be_used_ends_the_start_and_is_named(overlay: Overlay, text: str, fault: str) -> None:
    folder = overlay(**{PO.format("vi"): f"{text}\n"})
    with pytest.raises(TemplatesError, match=fault) as refused:
        Renderer(folder)
    assert f"Catalogue {folder / PO.format('vi')} " in str(refused.value)


def test_english_too_may_have_a_folder_which_wins(overlay: Overlay) -> None:
    renderer = Renderer(overlay(**{"en/failure.html.j2": "Sorry.", "failure.html.j2": "Oh no."}))
    assert renderer.notice("failure") == "Sorry."


def test_an_own_template_may_build_on_the_original_of_its_language(overlay: Overlay) -> None:
    own = "{% from 'parts.txt.j2' import quoted %}{{ quoted(shown[0]) }}"
    renderer = Renderer(overlay(**{"vi/answered.txt.j2": own})).in_language(Language.VIETNAMESE)
    assert renderer.answer(answered(citation(date="2025-04-28")), Channel.CLI).endswith("A deal, 28/4/2025, a.txt:3")


def test_folders_of_other_names_are_left_to_the_team(overlay: Overlay) -> None:
    """As before there were languages: what a template of the team includes may stand wherever it likes."""
    folder = overlay(**{"shared/sorry.html.j2": "Sorry.", "failure.html.j2": "{% include 'shared/sorry.html.j2' %}"})
    assert Renderer(folder).notice("failure") == "Sorry."


def test_the_command_line_speaks_english_whatever_the_machine_does() -> None:
    ended = policydesk("ask", "Who chairs the parliament of Norway?", LANG="ja_JP.UTF-8", LANGUAGE="ja")
    assert ended.stdout.startswith("Nothing in the articles answers this")


@pytest.mark.parametrize("language", OTHERS)
def test_dates_numbers_and_lists_are_those_of_the_common_locale_data_repository(language: Language) -> None:
    """Words are in the catalogue, so that a team can change them; as shipped they are what CLDR has."""
    locale, ours = Locale(language.value), open_catalogue(language, None)
    day = dt.date(2023, 11, 9)
    values = {"year": day.year, "month": day.month, "day": day.day}
    date = ours.gettext("%(year)04d-%(month)02d-%(day)02d") % values
    assert date in {format_date(day, "long", locale), format_skeleton("yMd", day, locale=locale)}
    thousands = ours.pgettext("between thousands", ",")
    assert "1,234,567".replace(",", thousands) == format_decimal(1_234_567, locale=locale)
    joined = ours.pgettext("between the items of a list", ", ").join("ab")
    assert joined == locale.list_patterns["standard"]["middle"].format("a", "b")
