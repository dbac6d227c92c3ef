"""The style sheets within a page: elements that their simple rules hide are marked as if styled themselves."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml.html import HtmlElement

from retrieval.patterns import lazy_pattern

_COMMENT = lazy_pattern(r"/\*.*?(?:\*/|$)", re.DOTALL)
_SIMPLE = lazy_pattern(r"(?:\*|[a-z][\w-]*)?(?:[.#][\w-]+)*", re.IGNORECASE)
_PART = lazy_pattern(r"([.#]?)([\w-]+|\*)")
_ANY_STATE = lazy_pattern(r"::?[\w-]+(?:\([^)]*\))?|\[[^\]]*\]")
_BETWEEN = lazy_pattern(r"[\s>+~]+")
_DISPLAY = lazy_pattern(r"(?:^|;)\s*(display|visibility)\s*:\s*([a-z-]+)", re.IGNORECASE)
_HIDING = frozenset({"none", "hidden", "collapse"})
MOST_RULES, LONGEST = 20_000, 1_000
"""Most rules of a page that are looked at, and the longest selector; no page that people wrote has more."""


class _Rule(NamedTuple):
    """What a rule says of the elements of a tag (any for ''), with some classes and ids."""

    weight: tuple[int, ...]  # by which one rule outdoes another: of its selector, then its place
    tag: str
    names: frozenset[str]  # `.class` and `#id`
    name: str  # of the property
    hides: bool

    def suits(self, tag: str, names: frozenset[str]) -> bool:
        """Whether an element is one that the rule is about."""
        return self.tag in {"", tag} and self.names <= names


def mark_hidden(tree: HtmlElement) -> None:
    """Give the elements that rules of the page's own style sheets hide a style that does.

    Rules count whose selector is a tag, classes and ids; any other may only show what such a rule hides. What a rule
    for one medium, or an element's own style, says is left as it is.
    """
    rules = _by_name(rule for style in tree.iter("style") for rule in _rules(style.text_content() or ""))
    if not any(rule.hides for each in rules.values() for rule in each):
        return
    for element in tree.iter():
        if isinstance(element.tag, str) and (hidden := _hidden_by(element, rules)):
            element.set("style", f"{hidden};{element.get('style', '')}")


def _hidden_by(element: HtmlElement, rules: dict[str, list[_Rule]]) -> str:
    """The declarations that hide an element; '' for none."""
    classes = (element.get("class") or "").split()
    names = frozenset([*(f".{name}" for name in classes), *([f"#{element.get('id')}"] if element.get("id") else [])])
    found: dict[str, _Rule] = {}
    for name in ("", element.tag, *names):
        for rule in rules.get(name, ()):
            if rule.suits(element.tag, names) and (rule.name not in found or found[rule.name].weight < rule.weight):
                found[rule.name] = rule
    own = {name.lower() for name, _ in _DISPLAY.findall(element.get("style", ""))}
    values = {"display": "none", "visibility": "hidden"}
    return ";".join(f"{name}:{values[name]}" for name, rule in found.items() if rule.hides and name not in own)


def _by_name(rules: Iterator[_Rule]) -> dict[str, list[_Rule]]:
    """The rules by one name that their elements must have."""
    last = {
        (rule.tag, rule.names, rule.name, rule.weight): rule._replace(weight=(*rule.weight, place))
        for place, rule in zip(range(MOST_RULES), rules, strict=False)
    }
    found: dict[str, list[_Rule]] = {}
    for rule in last.values():
        found.setdefault(min(rule.names, default=rule.tag), []).append(rule)
    return found


def _rules(sheet: str) -> Iterator[_Rule]:
    for selectors, body in _blocks(_COMMENT.sub(" ", sheet)):
        declared = {name.lower(): value.lower() for name, value in _DISPLAY.findall(body)}
        for selector in selectors.split(",") if declared else ():
            for name, value in declared.items() if len(selector) <= LONGEST else ():
                if (rule := _rule(selector.strip(), name, hides=value in _HIDING)) is not None:
                    yield rule


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """The selectors and the declarations of each rule at the top level, outside `@media` and the like."""
    depth = start = body = 0
    selectors = ""
    for brace in re.finditer(r"[{}]", sheet):
        if brace[0] == "{":
            if depth == 0:
                selectors, body = sheet[start : brace.start()].rpartition(";")[2].strip(), brace.end()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                start = brace.end()
                if not selectors.startswith("@"):
                    yield selectors, sheet[body : brace.start()].partition("{")[0]


def _rule(selector: str, name: str, *, hides: bool) -> _Rule | None:
    """The effect of a selector's declaration; None where it hides only under conditions, such as `:hover`."""
    is_simple = bool(selector) and _SIMPLE.fullmatch(selector) is not None
    if not is_simple:
        if hides:
            return None
        selector = _ANY_STATE.sub("", _BETWEEN.split(selector)[-1])
    parts = _PART.findall(selector)
    tags = [part.lower() for mark, part in parts if not mark and part != "*"]
    names = frozenset(mark + part for mark, part in parts if mark)
    ids = sum(name.startswith("#") for name in names)
    weight = (int(not is_simple), ids, len(names) - ids, len(tags))
    return _Rule(weight, tags[0] if tags else "", names, name, hides)
