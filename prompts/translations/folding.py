"""Translations put into templates as these are compiled, so that nothing is looked up when a reply is worded."""

import re
from gettext import NullTranslations

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

_VALUE = re.compile(r"%\((\w+)\)s|(%%)")


class TranslationFolder(NodeTransformer):
    """Replaces each call of gettext, whose language is known, by the words it would return.

    What it cannot replace stays a call: plurals, and values that a translation formats.
    """

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - by this name it is found
        """Replace a call of gettext or pgettext."""
        self.generic_visit(node)
        words = self._translation(node)
        if words is None:
            return node
        values = {argument.key: argument.value for argument in node.kwargs}
        return _filled(words, values) or node

    def _translation(self, node: nodes.Call) -> str | None:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        texts = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if len(texts) != len(node.args):
            return None
        match name, texts:
            case (("_" | "gettext"), [str(message)]):
                return self._catalogue.gettext(message)
            case "pgettext", [str(context), str(message)]:
                return self._catalogue.pgettext(context, message)
        return None


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
