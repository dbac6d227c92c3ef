"""Where sentences end: policydesk's splitter and kept segmenters beside the judged boundaries.

`python -m tests.benchmarks.segmenters` prints a table. All are given the paragraphs that policydesk reads from the
judged texts, and the language where they ask for one. Peers that are not installed are named and left out.
"""

import importlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from typing import NamedTuple

from retrieval.models import Article
from retrieval.reading.segmentation import Span, sentence_spans
from retrieval.reading.sentences import paragraphs_of
from tests.support.desk import JUDGMENTS

Split = Callable[[str, str], Iterable[Span]]
"""Divides a paragraph in a language ('en', 'ja' or 'vi') into sentences; white space around them does not count."""

ROUNDS = 5
"""How often the set is divided; the quickest round is printed."""
NOT_MEASURED = "wtpsplit-lite: not measured, since its weights come from a hub of models and not with the package"


class Case(NamedTuple):
    """A judged text.

    Attributes:
        language: 'en', 'ja' or 'vi'.
        paragraphs: Where its paragraphs begin, and their text.
        ends: Behind which code points of the text its sentences end.
    """

    language: str
    paragraphs: Sequence[tuple[int, str]]
    ends: frozenset[int]


class Peer(NamedTuple):
    """A segmenter.

    Attributes:
        name: Its name in the table.
        needs: The package it needs.
        load: Makes it ready.
    """

    name: str
    needs: str
    load: Callable[[], Split]


class Figures(NamedTuple):
    """How well, and how fast, a segmenter divides the set: shares, and milliseconds for 1,000 sentences."""

    precision: float
    recall: float
    f1: float
    whole: float
    milliseconds: float


def judged_cases() -> list[Case]:
    """Read the judged texts."""
    lines = (JUDGMENTS / "boundaries.jsonl").read_text(encoding="utf-8").splitlines()
    return [_case(**json.loads(line)) for line in lines]


def _case(text: str, sentences: list[str], tags: list[str], **_: str) -> Case:
    ends, place = set(), 0
    for sentence in sentences:
        place = text.index(sentence, place) + len(sentence)
        ends.add(place)
    found = paragraphs_of(Article(file="a.txt", title="A", text=text, sha256=""))
    language = "ja" if "japanese" in tags else "vi" if "vietnamese" in tags else "en"
    return Case(language, [(p.start, text[p.start : p.end]) for p in found if p.omission is None], frozenset(ends))


def measure(split: Split, cases: Sequence[Case]) -> Figures:
    """Divide the judged texts, and count the ends that are right."""
    seconds, found = min((_divide(split, cases) for _ in range(ROUNDS)), key=lambda divided: divided[0])
    right = sum(len(case.ends & ends) for case, ends in zip(cases, found, strict=True))
    told, judged = sum(map(len, found)), sum(len(case.ends) for case in cases)
    whole = sum(case.ends == ends for case, ends in zip(cases, found, strict=True)) / len(cases)
    return Figures(right / told, right / judged, 2 * right / (told + judged), whole, seconds * 1e6 / judged)


def _divide(split: Split, cases: Sequence[Case]) -> tuple[float, list[set[int]]]:
    begun = time.process_time()
    spans = [[(start, text, list(split(text, case.language))) for start, text in case.paragraphs] for case in cases]
    seconds = time.process_time() - begun
    return seconds, [
        {start + len(text[:end].rstrip()) for start, text, told in paragraphs for _, end in told if text[:end].strip()}
        for paragraphs in spans
    ]


# --- the segmenters


def _policydesk() -> Split:
    return lambda text, _: sentence_spans(text)


def _nupunkt() -> Split:
    nupunkt = importlib.import_module("nupunkt")
    plain = nupunkt.PunktSentenceTokenizer.load(nupunkt.models.get_default_model_path())
    return lambda text, _: list(plain.span_tokenize(text))


def _sentencex() -> Split:
    sentencex = importlib.import_module("sentencex")

    def split(text: str, language: str) -> list[Span]:
        found = sentencex.get_sentence_boundaries(language, text)
        return [(sentence["start_index"], sentence["end_index"]) for sentence in found]

    return split


def _syntok() -> Split:
    segmenter = importlib.import_module("syntok.segmenter")

    def split(text: str, _: str) -> list[Span]:
        sentences = [sentence for paragraph in segmenter.analyze(text) for sentence in paragraph]
        return [(words[0].offset, words[-1].offset + len(words[-1].value)) for words in sentences]

    return split


def _pysbd() -> Split:
    pysbd = importlib.import_module("pysbd")
    english, japanese = (pysbd.Segmenter(language=code, clean=False, char_span=True) for code in ("en", "ja"))

    def split(text: str, language: str) -> list[Span]:
        return [(s.start, s.end) for s in (japanese if language == "ja" else english).segment(text)]

    return split


def _blingfire() -> Split:
    blingfire = importlib.import_module("blingfire")
    return lambda text, _: blingfire.text_to_sentences_and_offsets(text)[1]


PEERS = (
    Peer("policydesk", "nupunkt", _policydesk),
    Peer("nupunkt as it comes", "nupunkt", _nupunkt),
    Peer("sentencex", "sentencex", _sentencex),
    Peer("syntok", "syntok", _syntok),
    Peer("pysbd", "pysbd", _pysbd),
    Peer("blingfire", "blingfire", _blingfire),
)


def main() -> None:
    """Print a table of the segmenters that are installed."""
    cases = judged_cases()
    print(f"{len(cases)} texts, {sum(len(case.ends) for case in cases)} boundaries")
    print("| segmenter | precision | recall | F1 | texts wholly right | ms for 1,000 sentences |")
    print("|---|---|---|---|---|---|")
    for peer in PEERS:
        if find_spec(peer.needs) is None:
            print(f"{peer.name}: not installed (tests/benchmarks/peers.txt)")
            continue
        told = measure(peer.load(), cases)
        shares = " | ".join(f"{share:.1%}" for share in told[:4])
        print(f"| {peer.name}{_release(peer)} | {shares} | {told.milliseconds:.0f} |")
    print(NOT_MEASURED)


def _release(peer: Peer) -> str:
    return "" if peer.name == "policydesk" else f" {version(peer.needs)}"


if __name__ == "__main__":
    main()
