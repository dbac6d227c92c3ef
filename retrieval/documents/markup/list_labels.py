"""The numbers of numbered paragraphs, as they are written."""

_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "m cm d cd c xc l xl x ix v iv i".split(),
        strict=True,
    )
)
LARGEST_ROMAN = 3_999
LARGEST_LETTER = 26 * 10


def numeral(number: int, form: str) -> str:
    """Return a number in a form of Word's (ECMA-376, 17.18.59): decimal where the form is not known."""
    if form in {"lowerRoman", "upperRoman"} and 0 < number <= LARGEST_ROMAN:
        return _cased(_roman(number), form)
    if form in {"lowerLetter", "upperLetter"} and 0 < number <= LARGEST_LETTER:
        return _cased(chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1), form)
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _cased(text: str, form: str) -> str:
    return text.upper() if form.startswith("upper") else text


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written
