"""Signs of Word's symbol fonts, which have no letter of their own in the file."""

_GREEK = dict(zip("ABGDEZHQIKLMNXOPRSTUFCYW", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True))
_SYMBOL = (
    {ord(latin): greek for latin, greek in _GREEK.items()}
    | {ord(latin.lower()): greek.lower() for latin, greek in _GREEK.items()}
    | {code: chr(code) for code in range(0x20, 0x40) if chr(code) not in "\"$'*-"}
    | dict(zip(b"*-@", "∗−≅", strict=True))
    | dict(zip(range(0xA2, 0xB0), "′≤⁄∞ƒ♣♦♥♠↔←↑→↓", strict=True))
    | dict(zip(range(0xB0, 0xC0), "°±″≥×∝∂•÷≠≡≈…|—↵", strict=True))
    | dict(zip(range(0xC4, 0xDC), "⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔", strict=True))
    | {0xDC: "⇐", 0xDE: "⇒", 0xE5: "∑", 0xF2: "∫"}
)
"""Adobe's encoding of the font Symbol (the ones that texts use)."""
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0xA7: "▪", 0xA8: "□", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xFB: "✗", 0xFC: "✓",
    0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}
_LETTERS = range(0x20, 0xD800)
_PRIVATE = range(0xF000, 0xF100)
"""Where Word moves the letters of a symbol font ([MS-OI29500])."""


def symbol(font: str, code: int) -> str | None:
    """Return the sign of a symbol font at a code; None where it is not known, and the letter itself in other fonts."""
    own = code - 0xF000 if code in _PRIVATE else code
    signs = _FONTS.get(font.strip().lower())
    if signs is not None:
        return signs.get(own)
    return chr(code) if code in _LETTERS else None
