"""Findings to an answer: its quotes, or the reason for abstaining."""

from collections import Counter
from collections.abc import Collection, Sequence

from prompts.contradictions import contradicting, differing_numbers
from prompts.models import Answer, Citation, NearSource, Reason
from retrieval.comparison.repeats import repeats
from retrieval.models import Findings, Hit, Kind, Query
from retrieval.reading.quote_context import is_headline

THRESHOLD = 0.45
"""Confidence from which the desk answers, unless the settings say otherwise; from the judgments (DECISIONS.md)."""
SURE = 0.6
"""Confidence from which quotes are given as the answer, unless the settings say otherwise; below it they are given as
the closest passages."""
QUESTION_CHARS = 1_000
"""Longest question, in characters; what is longer is a text, not a question."""
QUOTES = 3
"""Most quotes of an answer, unless asked for more; the same said elsewhere, or the contrary, does not count."""
LISTED = 5
"""Most quotes of an answer to a question for a list, where the desk is sure: one article seldom names them all."""
FURTHER = 5
"""Most quotes shown at a time to somebody who asks for more."""
CLOSE = 0.6
"""Share of the best hit's score that a further quote must reach."""
SAID_BELOW = 0.6
"""Share of a headline's matches from which a sentence of its own article says what it says."""
NEAREST = 3


def compose(findings: Findings, threshold: float = THRESHOLD, quotes: int | None = None, sure: float = SURE) -> Answer:
    """Answer a question with quotes, or abstain.

    Args:
        findings: The findings for the question.
        threshold: Least confidence at which to answer, 0 to 1.
        quotes: Most different quotes; None for the number that suits the question.
        sure: Confidence from which quotes are given as the answer rather than as the closest passages.

    Returns:
        An answer whose every citation is a hit's passage, verbatim.
    """
    query, hits, confidence = findings.query, findings.hits, findings.confidence
    reason = _refusal(findings, threshold)
    if reason:
        nearest = _nearest(hits) if reason is Reason.UNSUPPORTED else ()
        return Answer(
            question=query.text,
            kind=query.kind,
            outcome="abstained",
            reason=reason,
            confidence=confidence,
            chat=query.chat,
            carried=_carried(query) if reason is Reason.UNSUPPORTED else (),
            missing=findings.missing if reason is Reason.UNSUPPORTED else (),
            nearest=nearest,
            filters=query.filters,
            fault=query.fault,
        )
    listing = query.kind is Kind.LIST and confidence >= sure
    groups = _groups(_broadly(hits) if listing else hits, quotes or (LISTED if listing else QUOTES))
    groups += contradicting(query, [group[0] for group in groups], _others(hits, groups))
    return Answer(
        question=query.text,
        kind=query.kind,
        outcome="answered",
        confidence=confidence,
        tentative=confidence < sure,
        carried=_carried(query),
        citations=_citations(groups),
        agreeing=tuple(group for group in _numbers(groups) if len(group) > 1),
        differing=differing_numbers(query, [(n[0], g[0]) for n, g in zip(_numbers(groups), groups, strict=True)]),
        filters=query.filters,
    )


def compose_further(findings: Findings, shown: Collection[tuple[str, str]], last: int) -> Answer | None:
    """Show further passages for a question, numbered on from the `last` quote; None where there are no more.

    Args:
        findings: The findings for the question.
        shown: File and text of every quote given before; a passage that repeats one of them is left out.
        last: The number of the last of these quotes.
    """
    given = [hit for hit in findings.hits if _key(hit) in shown]
    left = [hit for hit in findings.hits if _key(hit) not in shown and not any(_is_told(hit, old) for old in given)]
    groups = _groups(left, FURTHER, close=0.0)
    if not groups:
        return None
    numbers = _numbers(groups, last + 1)
    return Answer(
        question=findings.query.text,
        kind=findings.query.kind,
        outcome="answered",
        confidence=findings.confidence,
        tentative=True,
        further=True,
        citations=_citations(groups, last + 1),
        agreeing=tuple(group for group in numbers if len(group) > 1),
        differing=differing_numbers(findings.query, [(n[0], g[0]) for n, g in zip(numbers, groups, strict=True)]),
        filters=findings.query.filters,
    )


def compose_each(findings: Findings, quotes: int, sure: float = SURE) -> tuple[Answer, ...]:
    """Return answers of one quote each, best first, for a person who picks one; repetitions are left out."""
    query, confidence = findings.query, findings.confidence
    return tuple(
        Answer(
            question=query.text,
            kind=query.kind,
            outcome="answered",
            confidence=confidence,
            tentative=confidence < sure,
            citations=(_cite(1, group[0]),),
            filters=query.filters,
        )
        for group in _groups(findings.hits, quotes, close=0.0)
    )


def _key(hit: Hit) -> tuple[str, str]:
    return hit.passage.file, hit.passage.text


def _refusal(findings: Findings, threshold: float) -> Reason | None:
    """The reason for abstaining; keywords that were all found ask for no more than to be looked up."""
    query = findings.query
    if len(query.text) > QUESTION_CHARS:
        return Reason.TOO_LONG
    if query.chat:
        return Reason.CHAT
    if query.fault:
        return Reason.FILTERS
    if query.foreign:
        return Reason.FOREIGN
    if not query.terms:
        return Reason.EMPTY
    looked_up = query.kind is Kind.KEYWORDS and findings.hits and not findings.missing
    return Reason.UNSUPPORTED if findings.confidence < threshold and not looked_up else None


def _carried(query: Query) -> tuple[str, ...]:
    return (*(part.word for part in query.carried), *query.inherited)


def _nearest(hits: Sequence[Hit]) -> tuple[NearSource, ...]:
    sources = (NearSource(file=h.passage.file, title=h.passage.title, date=h.passage.date) for h in hits)
    return tuple(dict.fromkeys(sources))[:NEAREST]


def _broadly(hits: Sequence[Hit]) -> list[Hit]:
    """Hits with the best of each article before the second of any, the very best still first."""
    seen: Counter[str] = Counter()
    turns = []
    for hit in hits:
        turns.append(seen[hit.passage.file])
        seen[hit.passage.file] += 1
    return [hits[place] for place in sorted(range(len(hits)), key=lambda place: turns[place])]


def _groups(hits: Sequence[Hit], quotes: int, close: float = CLOSE) -> list[list[Hit]]:
    """Hits to quote, best first, each followed by those of other articles that say nearly the same.

    What a quoted article repeats is left out, and so is a headline that repeats a quote.
    """
    groups: list[list[Hit]] = []
    hits = _sentences(hits)
    for hit in hits:
        same = next((group for group in groups if _is_told(hit, group[0])), None)
        if same is None:
            if len(groups) < quotes and hit.score >= close * hits[0].score:
                groups.append([hit])
        elif not is_headline(hit.passage) and hit.passage.file not in {other.passage.file for other in same}:
            same.append(hit)
    return groups


def _is_told(hit: Hit, quoted: Hit) -> bool:
    return repeats(hit.passage, quoted.passage)


def _sentences(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without the headlines, captions and labels of which a sentence says the words that are asked for."""
    sentences = [hit for hit in hits if not is_headline(hit.passage)]
    return [hit for hit in hits if hit in sentences or not any(_is_said_by(hit, sentence) for sentence in sentences)]


def _is_said_by(headline: Hit, sentence: Hit) -> bool:
    held = len({*headline.matched} & {*sentence.matched})
    share = SAID_BELOW if headline.passage.file == sentence.passage.file else 1.0
    return held >= share * len({*headline.matched})


def _others(hits: Sequence[Hit], groups: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The sentences that no group holds."""
    ranks = {hit.rank for group in groups for hit in group}
    return [hit for hit in hits if hit.rank not in ranks and not is_headline(hit.passage)]


def _numbers(groups: Sequence[Sequence[Hit]], first: int = 1) -> list[tuple[int, ...]]:
    """The citation numbers of each group."""
    numbers = []
    for group in groups:
        numbers.append(tuple(range(first, first + len(group))))
        first += len(group)
    return numbers


def _citations(groups: Sequence[Sequence[Hit]], first: int = 1) -> tuple[Citation, ...]:
    return tuple(_cite(number, hit) for number, hit in enumerate((hit for group in groups for hit in group), first))


def _cite(number: int, hit: Hit) -> Citation:
    passage = hit.passage
    return Citation(
        number=number,
        file=passage.file,
        line=passage.line,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        title=passage.title,
        date=passage.date,
        publisher=passage.publisher,
        sha256=passage.sha256,
        original=passage.original,
        score=hit.score,
        matched=hit.matched,
        speaker=passage.speaker,
    )
