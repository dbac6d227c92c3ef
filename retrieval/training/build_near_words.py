"""Builds `retrieval/tables/near_words.txt`: `python -m retrieval.training.build_near_words`.

Needs requirements-train.txt and requirements-semantic.txt. Words of English (wordfreq 3, Robyn Speer, CC BY-SA 4.0) are
near each other as all-MiniLM-L6-v2 (Apache-2.0) reads them alone, each term by up to three of its commonest forms.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from retrieval.arrays import Floats
from retrieval.glossary.near_words import TABLE
from retrieval.semantic.onnx_model import open_model
from retrieval.text.rarity import background
from retrieval.text.terms import terms
from retrieval.training.build_tables import WORDS

FORMS = 3
NEAREST = 12
"""Most terms that are noted beside a term."""
LEAST = 0.55
"""The cosine from which on words count as near."""
AT_ONCE = 500


def main() -> None:
    """Write the table: a line a term, with the terms near it and their cosines in hundredths."""
    vectors = _vectors()
    TABLE.write_text("".join(f"{line}\n" for line in _lines(list(vectors), np.array(list(vectors.values())))), "utf-8")


def _vectors() -> dict[str, Floats]:
    """The vector of each term of the background, in alphabetical order."""
    model, found = open_model(), {}
    for term, words in sorted(_forms().items()):
        whole = np.sum([model.encode_passage(word).astype(np.float64) for word in words], axis=0)
        if length := float(np.linalg.norm(whole)):
            found[term] = whole / length
    return found


def _forms() -> dict[str, list[str]]:
    """The commonest words of each term of the background."""
    from wordfreq import top_n_list  # noqa: PLC0415 - only at training time

    forms: defaultdict[str, list[str]] = defaultdict(list)
    for word in top_n_list("en", WORDS):
        found = terms(word) if word.isalpha() and word.isascii() and len(word) > 1 else []
        if len(found) == 1 and found[0] in background() and len(forms[found[0]]) < FORMS:
            forms[found[0]].append(word)
    return forms


def _lines(names: list[str], vectors: Floats) -> Iterator[str]:
    for first in range(0, len(names), AT_ONCE):
        cosines = vectors[first : first + AT_ONCE] @ vectors.T
        for row, own in enumerate(cosines):
            own[first + row] = -1.0
            nearest = np.argsort(-own, kind="stable")[:NEAREST]
            if near := [f"{names[other]}:{round(100 * own[other])}" for other in nearest if own[other] >= LEAST]:
                yield f"{names[first + row]} {' '.join(near)}"


if __name__ == "__main__":
    main()
