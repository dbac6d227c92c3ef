"""The elements of a web page that are not read: deleted, struck, hidden, formulas."""

import re

from lxml.html import HtmlElement

from retrieval.documents.models import Omission
from retrieval.patterns import lazy_pattern

UNREAD = frozenset(
    {"head", "script", "style", "noscript", "template", "title", "textarea", "option", "select", "iframe"}
)
"""Elements whose text is no text of the page."""
_HIDDEN_STYLE = lazy_pattern(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|font-size\s*:\s*0+(?:\.0+)?(?:px|em|rem|pt|%)?\s*(?:;|!|$))",
    re.IGNORECASE,
)
"""Not `opacity: 0`, with which pages begin that fade in as they are read."""
_STRUCK_STYLE = lazy_pattern(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_HIDDEN_CLASSES = frozenset(
    {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only", "element-invisible"}
)
"""Names that frameworks of the web give to text for screen readers only."""
_FORMULA_CLASSES = frozenset({"mwe-math-element", "katex", "katex-display", "MathJax", "MathJax_Display"})
_STRUCK = {"del": Omission.DELETIONS, "s": Omission.STRUCK, "strike": Omission.STRUCK}


def is_formula(element: HtmlElement) -> bool:
    """Return whether an element holds a formula, in MathML or drawn by a program."""
    if element.tag in {"math", "mjx-container"}:
        return True
    if element.tag == "script":
        return (element.get("type") or "").startswith("math/")
    return not _FORMULA_CLASSES.isdisjoint((element.get("class") or "").split())


def removal_kind(element: HtmlElement) -> Omission | None:
    """Return the kind of a part which a page's readers do not see, or see as deleted; None for any other."""
    if element.tag in _STRUCK:
        return _STRUCK[element.tag]
    attributes = element.attrib
    if not attributes:
        return None
    style = attributes.get("style", "")
    if "line-through" in style and _STRUCK_STYLE.search(style):
        return Omission.STRUCK
    hidden = (
        ("hidden" in attributes and attributes["hidden"] != "until-found")
        or attributes.get("aria-hidden", "").strip().lower() == "true"
        or (element.tag == "dialog" and "open" not in attributes)
        or (style and _HIDDEN_STYLE.search(style))
        or not _HIDDEN_CLASSES.isdisjoint(attributes.get("class", "").split())
    )
    return Omission.HIDDEN if hidden else None
