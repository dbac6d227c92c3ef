"""Findings to an answer: its quotes, or the reason for abstaining."""

import re
from collections import Counter
from collections.abc import Collection, Sequence, Set
from typing import Any, NamedTuple

from prompts.composition.contradictions import contradicting_hits, differing_numbers
from prompts.composition.languages import with_languages
from prompts.composition.long_form import hits_that_spell_out
from prompts.composition.ordering import by_date, in_order, most_members
from prompts.composition.premise import opposing_hit
from prompts.models import Answer, Citation, Reason
from prompts.profile import profile
from retrieval.comparison.repeats import repeats
from retrieval.glossary.syllable_groups import whole_words
from retrieval.library import Library
from retrieval.models import Findings, Hit, Kind, Passage, Query
from retrieval.patterns import lazy_pattern
from retrieval.reading.quote_context import is_headline, points_back
from retrieval.text.rarity import RAREST, background

THRESHOLD = 0.5
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
QUOTED = 0.12
"""Confidence in a further quote by itself from which it is shown (docs/quality.md); in a list half of it is enough."""
SAID_BELOW = 0.6
"""Share of a headline's matches from which a sentence of its own article says what it says."""
CLOSEST = 3
"""Most passages shown with a refusal."""
_NUMBERED_NAME = lazy_pattern(r"\b[^\W\d_]\w{0,20}-\d\w{0,20}\b")
"""A name with a number, which is told whole: 'F-35s', 'COVID-19'."""
CLOSE_BY = 0.4
"""Share of a question's terms from which a passage is close to it."""
TELLING = 5.0
"""Rarity (idf in English at large) from which it is worth saying that no article holds a word that is no name."""


def compose(
    findings: Findings,
    threshold: float = THRESHOLD,
    quotes: int | None = None,
    sure: float = SURE,
    library: Library | None = None,
) -> Answer:
    """Answer a question with quotes, or abstain with the closest passages.

    Args:
        findings: The findings for the question.
        threshold: Least confidence at which to answer, 0 to 1.
        quotes: Most different quotes; None for the number that suits the question.
        sure: Confidence from which quotes are given as the answer rather than as the closest passages.
        library: The articles, to look up what stands before a quote; None where that does not matter.

    Returns:
        An answer whose every citation is a passage, verbatim.
    """
    query, confidence = findings.query, findings.confidence
    reason, head, is_opposed = _judge(findings, threshold)
    if reason not in {None, Reason.UNSUPPORTED}:
        return Answer(
            question=query.text,
            kind=query.kind,
            outcome="chat" if reason is Reason.CHAT else "abstained",
            reason=reason,
            confidence=confidence,
            chat=query.chat,
            library=profile(library.sources) if query.chat and library else None,
            filters=query.filters,
            fault=query.fault,
        )
    answer = Answer(
        question=query.text,
        kind=query.kind,
        outcome="abstained" if reason else "answered",
        reason=reason,
        confidence=confidence,
        tentative=not reason and confidence < sure,
        carried=carried_words(query),
        missing=_worth_telling(findings) if reason else (),
        opposed=is_opposed,
        filters=query.filters,
        **_quotes(findings, _answering(_headed_by(head, findings), quotes, sure, refused=reason is not None), library),
    )
    return with_languages(answer, query)


def refuse(findings: Findings, library: Library) -> Answer:
    """Abstain from what the articles hold nothing on, with the closest passages."""
    refusal = compose(findings, 1.0, None, 1.0, library)
    return refusal.model_copy(update={"outcome": "abstained", "reason": Reason.UNSUPPORTED, "tentative": False})


def _headed_by(hit: Hit | None, findings: Findings) -> Findings:
    """The findings with a hit before all others."""
    others = (other for other in findings.hits if other is not hit)
    return findings.model_copy(update={"hits": (hit, *others)}) if hit else findings


def _answering(findings: Findings, quotes: int | None, sure: float, *, refused: bool) -> list[list[Hit]]:
    """Return the groups of hits that answer, or the closest ones of a refusal, and contradictions of an answer."""
    query = findings.query
    hits = in_order(query, findings.hits)
    if refused:
        dated = query.period.terms if query.period else frozenset()  # which an article's own date may hold
        hits = [hit for hit in hits if len({*hit.matched}) >= CLOSE_BY * len({*query.terms} - dated)]
        return by_date(query, [group[:1] for group in group_hits(hits, min(quotes or CLOSEST, CLOSEST))])
    listing = query.kind is Kind.LIST and findings.confidence >= sure
    most = quotes or (LISTED if listing else QUOTES)
    groups = group_hits(most_members(query, hits), most, QUOTED / 2) if listing else group_hits(hits, most, QUOTED)
    groups += contradicting_hits(query, [group[0] for group in groups], _others(hits, groups))
    return by_date(query, groups)


def _quotes(
    findings: Findings, groups: Sequence[Sequence[Hit]], library: Library | None, first: int = 1
) -> dict[str, Any]:
    """Return the fields of an answer for its quotes, their agreement and difference, and the sentences before them."""
    numbers = _numbers(groups, first)
    heads = [(own[0], group[0]) for own, group in zip(numbers, groups, strict=True)]
    citations = _citations(groups, first)
    blocks, leads = _blocks(heads, library, first + len(citations)) if library else ((), ())
    return {
        "citations": (*citations, *leads),
        "agreeing": tuple(own for own in numbers if len(own) > 1),
        "differing": differing_numbers(findings.query, heads),
        "blocks": blocks,
    }


def _blocks(
    heads: Sequence[tuple[int, Hit]], library: Library, first: int
) -> tuple[tuple[tuple[int, ...], ...], tuple[Citation, ...]]:
    """Return the blocks of quotes that follow each other in an article, and the leads of the quotes that point back."""
    places = {(hit.passage.file, hit.passage.start): number for number, hit in heads}
    files = Counter(hit.passage.file for _, hit in heads)
    before = {
        number: library.before(hit.passage) if files[hit.passage.file] > 1 or points_back(hit.passage) else None
        for number, hit in heads
    }
    following = {
        number: places.get((passage.file, passage.start)) for number, passage in before.items() if passage is not None
    }
    leaning = {number for number, hit in heads if points_back(hit.passage)}
    following = {  # a better quote stands first, unless it leans on the other
        number: earlier
        for number, earlier in following.items()
        if earlier is not None and (earlier < number or number in leaning)
    }
    blocks: list[tuple[int, ...]] = []
    leads: list[Citation] = []
    for number, hit in heads:
        if following.get(number) is not None:
            continue
        block = [number]
        while (later := next((n for n, earlier in following.items() if earlier == block[-1]), None)) is not None:
            block.append(later)
        passage = before[number]
        if passage is not None and points_back(hit.passage) and not is_headline(passage):
            leads.append(cite_passage(first + len(leads), passage, lead=True))
            block.insert(0, leads[-1].number)
        if len(block) > 1:
            blocks.append(tuple(block))
    return tuple(blocks), tuple(leads)


def compose_further(
    findings: Findings, shown: Collection[tuple[str, str]], last: int, library: Library | None = None
) -> Answer | None:
    """Show further passages for a question, numbered on from the `last` quote; None where there are no more.

    Args:
        findings: The findings for the question.
        shown: File and text of every quote given before; a passage that repeats one of them is left out.
        last: The number of the last of these quotes; 0 where none was given yet.
        library: The articles, to look up what stands before a quote; None where that does not matter.
    """
    given = [hit for hit in findings.hits if _key(hit) in shown]
    left = [hit for hit in findings.hits if _key(hit) not in shown and not any(_is_told(hit, old) for old in given)]
    groups = group_hits(left, FURTHER)
    if not groups:
        return None
    answer = Answer(
        question=findings.query.text,
        kind=findings.query.kind,
        outcome="answered",
        confidence=findings.confidence,
        tentative=True,
        further=last > 0,
        filters=findings.query.filters,
        **_quotes(findings, groups, library, last + 1),
    )
    return with_languages(answer, findings.query)


def compose_each(findings: Findings, quotes: int, sure: float = SURE) -> tuple[Answer, ...]:
    """Return answers of one quote each, best first, for a person who picks one; repetitions are left out."""
    query, confidence = findings.query, findings.confidence
    answers = (
        Answer(
            question=query.text,
            kind=query.kind,
            outcome="answered",
            confidence=confidence,
            tentative=confidence < sure,
            citations=(_cite(1, group[0]),),
            filters=query.filters,
        )
        for group in group_hits(findings.hits, quotes)
    )
    return tuple(with_languages(answer, query) for answer in answers)


def _key(hit: Hit) -> tuple[str, str]:
    return hit.passage.file, hit.passage.text


class _Judgment(NamedTuple):
    """Whether a question is answered, and with what first."""

    reason: Reason | None  # for abstaining
    head: Hit | None = None  # the hit to be quoted first, where it is not the best one
    opposed: bool = False  # whether it says the opposite of what the question takes for granted


def _judge(findings: Findings, threshold: float) -> _Judgment:
    reason = _refusal(findings, threshold)
    if reason not in {None, Reason.UNSUPPORTED}:
        return _Judgment(reason)
    if (opposed := opposing_hit(findings)) is not None:
        return _Judgment(Reason.UNSUPPORTED, opposed, opposed=True)
    if (spelt_out := hits_that_spell_out(findings)) is not None:
        return _Judgment(None, spelt_out[0]) if spelt_out else _Judgment(Reason.UNSUPPORTED)
    return _Judgment(reason)


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
    is_unsure = findings.confidence < threshold and not looked_up
    return Reason.UNSUPPORTED if is_unsure or _is_all_unknown(findings) else None


def _is_all_unknown(findings: Findings) -> bool:
    """Whether a follow-up asks of nothing that the articles hold: 'and Dhaka?' where none speaks of Dhaka."""
    query = findings.query
    taken = {part.term for part in query.carried}
    own = [word for term, word in zip(query.terms, query.words, strict=True) if term not in taken]
    return bool(taken and own) and all(word in findings.unknown for word in own)


def _worth_telling(findings: Findings) -> tuple[str, ...]:
    """The words that no article holds, without such as every question has ('put', 'once')."""
    query = findings.query
    words = dict(zip(query.words, query.terms, strict=True))
    rarity = background()
    telling = [w for w in findings.unknown if words[w] in query.names or rarity.get(words[w], RAREST) >= TELLING]
    if query.vietnamese:
        return whole_words(query.asked, telling, query.groups)
    names = {part: name[0] for name in _NUMBERED_NAME.finditer(query.asked) for part in name[0].split("-")}
    named = {word for word in telling if words[word] in query.names}
    return tuple(dict.fromkeys(_side_by_side(query.asked, [names.get(word, word) for word in telling], named)))


def _side_by_side(text: str, words: Sequence[str], named: Set[str]) -> Sequence[str]:
    """Words as they are told, names that follow each other as one: 'da nang'."""
    found: list[str] = []
    for word in words:
        whole = f"{found[-1]} {word}" if found else word
        if found and {*whole.split()} <= named and re.search(rf"\b{re.escape(whole)}\b", text, re.IGNORECASE):
            found[-1] = whole
        else:
            found.append(word)
    return found


def carried_words(query: Query) -> tuple[str, ...]:
    """Return the words and filters that a question took over, as typed; several terms may be pieces of the same."""
    words = whole_words("", dict.fromkeys(part.word for part in query.carried), query.groups)
    return (*words, *query.inherited)


def group_hits(hits: Sequence[Hit], quotes: int, least: float = 0.0) -> list[list[Hit]]:
    """Hits to quote, best first, each followed by those of other articles that say nearly the same.

    Of the further ones each needs a term of the question and the `least` confidence. What a quoted article repeats is
    left out, and so is a headline that repeats a quote.
    """
    groups: list[list[Hit]] = []
    hits = _sentences(hits)
    for hit in hits:
        same = next((group for group in groups if _is_told(hit, group[0])), None)
        if same is None:
            if len(groups) < quotes and (not groups or (hit.matched and hit.confidence >= least)):
                groups.append([hit])
        elif not is_headline(hit.passage) and hit.passage.file not in {other.passage.file for other in same}:
            same.append(hit)
    return groups


def _is_told(hit: Hit, quoted: Hit) -> bool:
    return repeats(hit.passage, quoted.passage)


def _sentences(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without headlines, captions, labels and what only announces more; where there is nothing else, all.

    The best hit stays whatever it is, unless a sentence says the words that are asked for.
    """
    sentences = [hit for hit in hits if not is_headline(hit.passage)]
    if not sentences or sentences[0] is hits[0] or any(_is_said_by(hits[0], sentence) for sentence in sentences):
        return sentences or list(hits)
    return [hits[0], *sentences]


def _is_said_by(headline: Hit, sentence: Hit) -> bool:
    held = len({*headline.matched} & {*sentence.matched})
    share = SAID_BELOW if headline.passage.file == sentence.passage.file else 1.0
    return held >= share * len({*headline.matched})


def _others(hits: Sequence[Hit], groups: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The sentences that no group holds."""
    ranks = {hit.rank for group in groups for hit in group}
    return [hit for hit in hits if hit.rank not in ranks and not is_headline(hit.passage)]


def cite_groups(groups: Sequence[Sequence[Hit]]) -> tuple[tuple[Citation, ...], list[tuple[int, ...]]]:
    """Return groups of hits as citations, numbered from 1, and the numbers of each group."""
    return _citations(groups), _numbers(groups)


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
    return cite_passage(number, hit.passage, score=hit.score, matched=hit.matched)


def cite_passage(
    number: int, passage: Passage, score: float = 0.0, matched: tuple[str, ...] = (), *, lead: bool = False
) -> Citation:
    """Return a passage as a citation of a number."""
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
        url=passage.url,
        sha256=passage.sha256,
        original=passage.original,
        score=score,
        matched=matched,
        speaker=passage.speaker,
        lead=lead,
    )
