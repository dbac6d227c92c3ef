"""Translations put into templates as these are compiled, so that nothing is looked up when a reply is worded."""

from gettext import NullTranslations

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from retrieval.patterns import lazy_pattern

_VALUE = lazy_pattern(r"%\((\w+)\)s|(%%)")


_COUNTS = range(201)
"""Enough to tell a language's rules of plurals by: those that there are repeat from hundred to hundred."""


class TranslationFolder(NodeTransformer):
    """Replaces each call of gettext, whose language is known, by the words it would return.

    A call stays where a translation formats a value, and where a language has more plurals than for one and for others.
    """

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - by this name it is found
        """Replace a call of gettext."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        texts = [argument.value if isinstance(argument, nodes.Const) else None for argument in node.args]
        values = {argument.key: argument.value for argument in node.kwargs}
        match name, texts:
            case (("_" | "gettext"), [str(message)]):
                return _filled(self._catalogue.gettext(message), values) or node
            case "pgettext", [str(context), str(message)]:
                return _filled(self._catalogue.pgettext(context, message), values) or node
            case "ngettext", [str(singular), str(plural), _]:
                return self._counted(singular, plural, node.args[2], values) or node
        return node

    def _counted(
        self, singular: str, plural: str, count: nodes.Expr, values: dict[str, nodes.Expr]
    ) -> nodes.Expr | None:
        """The words for one, and those for any other count; None where a language has more."""
        words = [self._catalogue.ngettext(singular, plural, number) for number in _COUNTS]
        others = {text for number, text in enumerate(words) if number != 1}
        one, several = (_filled(text, {"num": count, **values}) for text in words[1:3])
        if len(others) > 1 or one is None or several is None:
            return None
        if words[1] in others:
            return several
        return nodes.CondExpr(nodes.Compare(count, [nodes.Operand("eq", nodes.Const(1))]), one, several)


def _filled(words: str, values: dict[str, nodes.Expr]) -> nodes.Expr | None:
    """The words with the values in their places; None where that takes more than to join them."""
    parts: list[nodes.Expr] = []
    end = 0
    for found in _VALUE.finditer(words):
        if found[1] and found[1] not in values:
            return None
        text = words[end : found.start()] + ("%" if found[2] else "")
        parts += [_text(text)] if text else []
        parts += [values[found[1]]] if found[1] else []
        end = found.end()
    if "%" in _VALUE.sub("", words):
        return None
    parts += [_text(words[end:])] if words[end:] else []
    return parts[0] if len(parts) == 1 else nodes.Concat(parts)


def _text(words: str) -> nodes.Expr:
    return nodes.MarkSafeIfAutoescape(nodes.Const(words))
