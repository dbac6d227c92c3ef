"""Raw text to quotable text: no invisible characters, one space between words."""

import re
import unicodedata

from retrieval.documents.models import Omission, OmittedText, Piece, UnreadableError
from retrieval.file_problems import FileProblem
from retrieval.patterns import lazy_pattern

_INVISIBLE = lazy_pattern(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters; the others are white space
    "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # soft hyphen, marks of direction, and such
    "\ud800-\udfff\U000e0000-\U000e007f]"  # halves of characters; tags that hide text in text
)
_LIGATURES = {0xFB00 + n: letters for n, letters in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
"""Typesetters' letters (U+FB00 to U+FB06), which nobody types in a question."""
_RADICALS = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in (0x2E9F, 0x2EF3, *range(0x2F00, 0x2FD6))
} | str.maketrans("⺠⻄⻑⻘⻝⻩⻫⻭⻯⻲⺟⻁⻤⻨⻣⻆", "民西長青食黄斉歯竜亀母虎鬼麦骨角")
"""Radicals that fonts of PDFs say for the Chinese characters they look like; nobody types them either."""
_SEEN_AS = _LIGATURES | _RADICALS
_BROKEN = lazy_pattern("[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]")
"""Characters that stand for one which was not understood, or whose meaning only a font knows."""
BROKEN_SHARE = 0.02
"""Share of broken characters from which a text would be misquoted."""
_LETTER = lazy_pattern(r"[^\W\d_]")


def clean(text: str) -> str:
    """Return a text with single spaces, composed letters (NFC) and nothing invisible."""
    visible = _INVISIBLE.sub("", text.translate(_SEEN_AS))
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", visible))


def invisible_characters(text: str) -> list[OmittedText]:
    """Return the count of characters that `clean` omits besides white space."""
    count = len(_INVISIBLE.findall(text)) - text.count("\u00ad")
    return [OmittedText(what=Omission.INVISIBLE, count=count)] if count > 0 else []


def illegible() -> UnreadableError:
    """Return the refusal of a document that would be misquoted."""
    return UnreadableError(
        FileProblem.LETTERS,
        "its letters cannot be told apart (its fonts or encoding do not say what they stand for)",
        "save it again from the program it was made with, or send its text as .txt",
    )


def check_legible(paragraphs: list[list[Piece]]) -> None:
    """Refuse text that a reader would not recognize.

    Raises:
        UnreadableError: There are no words, or too much of it was not understood.
    """
    text = " ".join(piece.text for paragraph in paragraphs for piece in paragraph)
    if len(_BROKEN.findall(text)) > BROKEN_SHARE * len(text):
        raise illegible()
    if not _LETTER.search(text):
        raise UnreadableError(
            FileProblem.NO_TEXT, "no text was found in it", "send a version with text, not pictures of text"
        )
