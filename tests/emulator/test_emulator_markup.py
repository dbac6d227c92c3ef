"""Telegram's HTML as the emulator reads it: to the same text and entities, or refused in the same words."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emulator.errors import RefusedError
from bot.emulator.objects import MessageEntity
from bot.emulator.text.entities import FormattedText, find_entities, fix_formatted_text
from bot.emulator.text.html_parser import parse, parse_caption, parse_text


def marks(result: FormattedText) -> list[tuple[str, int, int]]:
    return [(mark.type, mark.offset, mark.length) for mark in result.entities]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 2)]),
        ("<b>a</b> <strong>b</strong>", "a b", [("bold", 0, 1), ("bold", 2, 1)]),
        ("<i>a</i> <em>b</em>", "a b", [("italic", 0, 1), ("italic", 2, 1)]),
        ("<u>a</u> <ins>b</ins>", "a b", [("underline", 0, 1), ("underline", 2, 1)]),
        ("<s>a</s> <strike>b</strike> <del>c</del>", "a b c", [("strikethrough", place, 1) for place in (0, 2, 4)]),
        ('<span class="tg-spoiler">a</span> <tg-spoiler>b</tg-spoiler>', "a b", [("spoiler", 0, 1), ("spoiler", 2, 1)]),
        ("<code>a</code>", "a", [("code", 0, 1)]),
        ("<pre>a</pre>", "a", [("pre", 0, 1)]),
        ('<pre><code class="language-python">a</code></pre>', "a", [("pre", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍", [("custom_emoji", 0, 2)]),
        ('<a href="https://example.org/">a</a>', "a", [("text_link", 0, 1)]),
        ("<A HREF='x'>a</A>", "a", []),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<b>bold</>", "bold", [("bold", 0, 4)]),
        ("<b></b>a", "a", []),
        ("<b> a</b>", "a", [("bold", 0, 1)]),
        ("  <b>a</b>  \n", "a", [("bold", 0, 1)]),
        ("<b> </b>a", "a", []),
        ("😀<b>é</b>", "😀é", [("bold", 2, 1)]),
        ("<blockquote>a <b>b</b></blockquote>", "a b", [("blockquote", 0, 3), ("bold", 2, 1)]),
        ("<b>a <code>b</code> c</b>", "a b c", [("bold", 0, 2), ("code", 2, 1), ("bold", 3, 2)]),
        ("&lt;b&gt; &amp;amp; &quot;", '<b> &amp; "', []),
        ("&#60;&#x3c;&#x3C;", "<<<", []),
        ("&lt", "<", []),
        ("&nbsp; &copy; &", "&nbsp; &copy; &", []),
        ("&apos;", "&apos;", []),
        ("a\r\nb\tc\x00d", "a\nb c d", []),
        ("2 > 1", "2 > 1", []),
        ("<code>https://example.org @someone</code>", "https://example.org @someone", [("code", 0, 28)]),
        ("<b>see https://example.org</b>", "see https://example.org", [("bold", 0, 23), ("url", 4, 19)]),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    result = parse(source, "HTML", None)
    assert (result.text, marks(result)) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<img src=x>", 'Unsupported start tag "img" at byte offset 0'),
        ("é<br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <", "Unclosed start tag at byte offset 2"),
        ("a <3 b> c", 'Unsupported start tag "3" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href=a/b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a =x>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            "<blockquote>a<blockquote expandable>b</blockquote></blockquote>",
            "blockquote entities can't be nested at byte offset 13",
        ),
        ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_wrong_html_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(source, "HTML", None)
    assert (refused.value.code, refused.value.description) == (400, f"Bad Request: can't parse entities: {reason}")


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ('<a href="https://example.org/?a=1&amp;b=2">x</a>', "https://example.org/?a=1&b=2"),
        ('<a href="example.org">x</a>', "http://example.org/"),
        ("<a>https://example.org/y</a>", "https://example.org/y"),
        ('<a href="mailto:desk@example.org">x</a>', "mailto:desk@example.org"),
        ('<a href="javascript:alert(1)">x</a>', None),
        ('<a href="http://[">x</a>', None),
    ],
)
def test_a_link_keeps_only_an_address_that_telegram_opens(source: str, url: str | None) -> None:
    links = [mark.url for mark in parse(source, "HTML", None).entities if mark.type == "text_link"]
    assert links == ([] if url is None else [url])


def test_the_language_of_a_block_of_code_is_kept() -> None:
    source = '<pre><code class="language-python">a</code></pre> <code class="language-x">b</code>'
    assert [mark.language for mark in parse(source, "HTML", None).entities] == ["python", None]


@pytest.mark.parametrize(
    ("length", "refused"), [(4096, None), (4097, "Bad Request: message is too long")], ids=["fits", "too long"]
)
def test_a_text_may_have_4096_units_after_its_tags_are_read(length: int, refused: str | None) -> None:
    source = f"<b>{'a' * (length - 2)}</b>😀"
    if refused is None:
        assert len(parse_text(source, "HTML", None).text) == length - 1
    else:
        with pytest.raises(RefusedError, match=re.escape(refused)):
            parse_text(source, "HTML", None)


def test_a_caption_may_have_1024_units_and_may_be_empty() -> None:
    assert parse_caption(" ", None, None).text == ""
    assert parse_caption("a" * 1024, None, None).text
    with pytest.raises(RefusedError, match="message caption is too long"):
        parse_caption("a" * 1025, None, None)


@pytest.mark.parametrize("source", ["", "  \n ", "<b> </b>", "\u202e"])
def test_a_text_without_words_is_refused(source: str) -> None:
    with pytest.raises(RefusedError, match="Bad Request: message text is empty"):
        parse_text(source, "HTML", None)


@pytest.mark.parametrize("parse_mode", ["Markdown", "MarkdownV2"])
def test_markdown_is_refused_as_something_the_emulator_does_not_know(parse_mode: str) -> None:
    with pytest.raises(RefusedError, match="emulator: parse_mode Markdown"):
        parse("*a*", parse_mode, None)


def test_entities_can_be_given_instead_of_markup() -> None:
    given = [MessageEntity(type="italic", offset=3, length=1), MessageEntity(type="bold", offset=1, length=3)]
    assert marks(parse(" 😀a", None, given)) == [("bold", 0, 3), ("italic", 2, 1)]


@pytest.mark.parametrize(
    ("offset", "length", "reason"),
    [
        (9, 1, "entity begins after the end of the text at UTF-16 offset 9"),
        (0, 9, "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9"),
        (1, 2, "entity beginning at UTF-16 offset 1 cuts a UTF-16 symbol"),
        (-1, 2, "receive an entity with incorrect offset -1"),
    ],
)
def test_an_entity_that_does_not_fit_the_text_is_refused(offset: int, length: int, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        fix_formatted_text("😀ab", [MessageEntity(type="bold", offset=offset, length=length)])
    assert refused.value.description == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/start", [("bot_command", 0, 6)]),
        ("/ask@policydesk_bot why?", [("bot_command", 0, 19)]),
        ("and /or not and/or", [("bot_command", 4, 3)]),
        ("ask @alice_b, not a@b", [("mention", 4, 8)]),
        ("😀 #trade", [("hashtag", 3, 6)]),
        ("see (https://example.org/a?b=c).", [("url", 5, 25)]),
        ("write to desk@example.org", [("email", 9, 16)]),
        ("look at example.org/a", [("url", 8, 13)]),
        ("nothing here: 3/4 of 10#2", []),
    ],
)
def test_commands_mentions_and_links_are_found_in_what_people_say(
    text: str, entities: list[tuple[str, int, int]]
) -> None:
    assert [(mark.type, mark.offset, mark.length) for mark in find_entities(text)] == entities


def as_telegram_keeps_it(text: str) -> str:
    """A second, plainer way to the same text."""
    kept = "".join(char for char in text if char not in "\r\u0333\u033f\u030a" and not "\u2028" <= char <= "\u202e")
    return "".join(" " if char < " " and char != "\n" else char for char in kept).strip(" \n")


@given(st.text())
def test_any_text_that_was_escaped_comes_back_as_it_was_but_for_its_outer_white_space(text: str) -> None:
    assert parse(html.escape(text), "HTML", None).text == as_telegram_keeps_it(text)


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "code", "blockquote", "u"]), st.text()), max_size=6))
def test_every_entity_covers_whole_characters_within_the_text(parts: list[tuple[str, str]]) -> None:
    result = parse("".join(f"<{tag}>{html.escape(text)}</{tag}>" for tag, text in parts), "HTML", None)
    units = result.text.encode("utf-16-le")
    for mark in result.entities:
        assert 0 <= mark.offset < mark.end <= len(units) // 2
        assert units[2 * mark.offset : 2 * mark.end].decode("utf-16-le").strip(" \n")
