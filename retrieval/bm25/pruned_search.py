"""The bucketed engine's search in machine code: the passages that may be among the best, scored exactly.

**What is computed.** BM25+ ranks passages by the sum of what each of the question's terms adds to them, its impact:
idf · tf · (k1 + 1) / (tf + norm), where the norm grows with the passage's length. (What a term's mere presence is worth
is, as in rank-bm25, added to every passage alike.) The impacts are known beforehand, so that plain search walks through
each term's postings and sums. That is exact but touches every posting; common terms have hundreds of thousands.

**What is left out.** A passage matters only when its score reaches that of the k-th best found so far, the threshold.
Three things make most postings be passed over, without changing the result:

1. Passages are numbered by their length and cut into buckets. In one bucket the norm hardly differs, so the greatest
   impact of a term in it is a tight bound; without buckets one short passage spoils the bound for all.
2. Bucket by bucket, terms are walked through from the most telling on. As soon as all the terms that are left could
   together not lift a new passage to the threshold, walking stops (`_walk`), often before the common terms are reached,
   and in many buckets before it begins.
3. The passages met so far that could still reach the threshold are completed by the terms that are left (`_complete`),
   in whichever way is the shortest: a very common term has a row with its frequency in every passage; few passages are
   searched for among the term's postings of the bucket; else these are walked through, for passages met only.

The threshold begins with what k passages score by one term alone (`_by_one_term`) or, where that is more, with the
scores of the passages that are best by the first postings of the most telling terms (`_by_seeds`); it rises with each
bucket.

**Why it is exact.** Bounds and sums are single precision; the threshold is lowered by more than they can be wrong, so a
few passages too many are kept. These are scored again in double precision, operation by operation as rank-bm25 does
(`exact_scores`), and only then ordered. So scores and order, ties too, are those of `OkapiEngine` to the last bit.

**When articles have come and gone since.** Then terms are rarer or more common than the impacts know, and passages are
longer or shorter beside the mean. The former is made good by the weights, since an impact grows with its idf; the
latter is no more than the ratio of the two means, by which the threshold is lowered. The last step goes by today's.
"""

from typing import NamedTuple, TypeAlias

import numpy as np

from retrieval.bm25.exhaustive_search import Flags, SearchTerms, WeightedTerms
from retrieval.bm25.jit import compiled
from retrieval.bm25.postings import DEPTHS, Floats, Ints, Numbers, Postings, Singles
from retrieval.bm25.reference import DELTA, K1, B

Single: TypeAlias = np.float32

SEEDS = 4096
"""How many postings of the most telling terms are looked at for a first threshold."""
SLOTS = 4 * SEEDS
"""Places of the hash table they are summed in; a power of two."""
SEARCHED = 40
"""How many postings are walked through in the time that one passage is searched for among them."""
ROWED = 4
"""How many postings are walked through in the time that one passage is looked up in a row."""
FOUND = 4096
"""For how many passages that may be among the best there is room at first."""


class Bucket(NamedTuple):
    """What is to be found in a bucket.

    Attributes:
        number: Which it is.
        first: Its first passage.
        last: The passage after its last.
        ceilings: For each term, what it and those after it can add to one of its passages at most; 0 at the end.
        threshold: The score that a passage must reach.
    """

    number: int
    first: int
    last: int
    ceilings: Singles
    threshold: Single


class SearchState(NamedTuple):
    """What a search works with; passages are numbered from the first of their bucket.

    Attributes:
        scores: For each passage of a bucket, its score so far; 0 for those not met, or out of the question by now.
        met: The passages that are.
    """

    scores: Singles
    met: Numbers


def search(postings: Postings, asked: SearchTerms, wanted: WeightedTerms) -> tuple[Numbers, Floats]:
    """The passages that may be among the best, by their numbers, and their scores; see `candidates`."""
    found = candidates(postings, asked)
    return found, exact_scores(postings, wanted, found)


@compiled
def candidates(postings: Postings, asked: SearchTerms) -> Numbers:
    """The passages that may be among the best.

    Args:
        postings: The library.
        asked: The question.

    Returns:
        Numbers of passages in no order; all of the k best and those that tie with the last of them are there.
    """
    ceilings = _ceilings(postings, asked)
    slack = Single((1 - 1e-6 - 2.5e-7 * len(asked.terms)) * asked.drift)
    threshold = slack * _first_threshold(postings, asked)
    # one entry more than the largest bucket: the last is written before it is known not to be new
    room = len(postings.places) // (len(postings.bounds) - 1) + 2
    desk = SearchState(np.zeros(room, dtype=np.float32), np.empty(room, dtype=np.int32))
    best = np.zeros(asked.k, dtype=np.float32)
    found, scores, count = np.empty(FOUND, dtype=np.int32), np.empty(FOUND, dtype=np.float32), 0
    for number in range(len(postings.bounds) - 1):
        if ceilings[0, number] < threshold:
            continue
        first = postings.bounds[number]
        bucket = Bucket(number, first, postings.bounds[number + 1], ceilings[:, number], threshold)
        left = _search_bucket(postings, asked, bucket, desk)
        if count + left > len(found):
            found, scores, count = _with_room(found, scores, count, left, threshold)
        for entry in range(left):
            score = desk.scores[desk.met[entry]]
            desk.scores[desk.met[entry]] = 0
            found[count], scores[count] = first + desk.met[entry], score
            count += 1
            if score > best[0]:
                _replace_least(best, score)
        threshold = max(threshold, slack * best[0])
    found, scores, count = _with_room(found, scores, count, 0, threshold)
    return found[:count]


@compiled
def _ceilings(postings: Postings, asked: SearchTerms) -> Singles:
    """For each term and bucket, what this term and those after it can add to a passage at most."""
    buckets = len(postings.bounds) - 1
    ceilings = np.zeros((len(asked.terms) + 1, buckets), dtype=np.float32)
    for row in range(len(asked.terms) - 1, -1, -1):
        term = asked.terms[row]
        listed = postings.listed[term]
        for bucket in range(buckets):
            bound = postings.bucket_greatest[listed, bucket] if listed >= 0 else postings.greatest[term]
            ceilings[row, bucket] = ceilings[row + 1, bucket] + asked.weights[row] * bound
    return ceilings


# --- a first threshold


@compiled
def _first_threshold(postings: Postings, asked: SearchTerms) -> Single:
    """A score that at least k passages reach."""
    threshold = _by_one_term(postings, asked)
    size = 0
    for term in asked.terms:
        size += postings.starts[term + 1] - postings.starts[term]
    if size > 4 * SEEDS:
        threshold = max(threshold, _by_seeds(postings, asked))
    return threshold


@compiled
def _by_one_term(postings: Postings, asked: SearchTerms) -> Single:
    """What at least k passages score by one of the terms alone; 0 where that is not known."""
    threshold = Single(0)
    for row in range(len(DEPTHS)):
        if asked.k <= DEPTHS[row] and len(asked.allowed) == 0:
            for term in range(len(asked.terms)):
                threshold = max(threshold, asked.weights[term] * postings.deep[row, asked.terms[term]])
    return threshold


@compiled
def _by_seeds(postings: Postings, asked: SearchTerms) -> Single:
    """What k good passages score at least: those that are best by the first postings of the most telling terms.

    A term's first postings are those of the shortest passages, so they hold its greatest impacts.
    """
    passages, sums = _seeds(postings, asked)
    leaders = np.zeros(asked.k, dtype=np.float32)
    for score in sums:
        if score > leaders[0]:
            _replace_least(leaders, score)
    if leaders[0] == 0:
        return Single(0)
    lowest: Single = Single(np.inf)
    taken = 0
    for entry in range(len(passages)):
        if sums[entry] >= leaders[0] and taken < asked.k:
            taken += 1
            lowest = min(lowest, _whole(postings, asked, passages[entry]))
    return lowest


@compiled
def _seeds(postings: Postings, asked: SearchTerms) -> tuple[Numbers, Singles]:
    """The passages in the first postings of the most telling terms, and their sums so far."""
    entries = np.full(SLOTS, -1, dtype=np.int32)  # a hash table
    passages, sums = np.empty(SEEDS, dtype=np.int32), np.empty(SEEDS, dtype=np.float32)
    count, left = 0, SEEDS
    for row in range(len(asked.terms)):
        begin = postings.starts[asked.terms[row]]
        end = min(postings.starts[asked.terms[row] + 1], begin + left)
        for at in range(begin, end):
            passage = postings.passages[at]
            if len(asked.allowed) == 0 or asked.allowed[postings.places[passage]]:
                slot = (passage * 0x9E3779B1) & (SLOTS - 1)  # Fibonacci hashing (Knuth, volume 3)
                while entries[slot] >= 0 and passages[entries[slot]] != passage:
                    slot = (slot + 1) & (SLOTS - 1)
                if entries[slot] < 0:
                    entries[slot], passages[count], sums[count] = count, passage, 0
                    count += 1
                sums[entries[slot]] += asked.weights[row] * postings.impacts[at]
        left -= end - begin
    return passages[:count], sums[:count]


@compiled
def _whole(postings: Postings, asked: SearchTerms, passage: int) -> Single:
    """A passage's score."""
    bucket = _bucket(postings.bounds, passage)
    score = Single(0)
    for row in range(len(asked.terms)):
        term, weight = asked.terms[row], asked.weights[row]
        if postings.dense[term] >= 0:
            frequency = Single(postings.rows[postings.dense[term], passage])
            score += Single(weight * postings.idf[term] * (K1 + 1)) * frequency / (frequency + postings.norms[passage])
        else:
            at = _find(postings, term, bucket, passage)
            if at >= 0:
                score += weight * postings.impacts[at]
    return score


@compiled
def _bucket(bounds: Ints, passage: int) -> int:
    """The bucket of a passage."""
    bucket: int = passage * (len(bounds) - 1) // bounds[-1]
    while bounds[bucket + 1] <= passage:
        bucket += 1
    return bucket


@compiled
def _lower(passages: Numbers, low: int, high: int, wanted: int) -> int:
    """The first of some ascending passages that is not before the one wanted."""
    while low < high:
        middle = (low + high) >> 1
        if passages[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _find(postings: Postings, term: int, bucket: int, passage: int) -> int:
    """Where a passage is among a term's postings; -1 where it does not hold it."""
    begin, end = postings.starts[term], postings.starts[term + 1]
    listed = postings.listed[term]
    if listed >= 0:
        begin, end = postings.bucket_starts[listed, bucket], postings.bucket_starts[listed, bucket + 1]
    at = _lower(postings.passages, begin, end, passage)
    return at if at < end and postings.passages[at] == passage else -1


# --- a bucket


@compiled
def _search_bucket(postings: Postings, asked: SearchTerms, bucket: Bucket, desk: SearchState) -> int:
    """Leave on the desk the passages of a bucket that reach the threshold, with their scores.

    Returns:
        How many these are.
    """
    walked, number = _walk(postings, asked, bucket, desk)
    number = _keep(desk, number, bucket.threshold - bucket.ceilings[walked])
    if len(asked.allowed):
        number = _keep_allowed(postings.places[bucket.first :], asked.allowed, desk, number)
    for row in range(walked, len(asked.terms)):
        if number:
            _complete(postings, asked, bucket, desk, row, number)
            number = _keep(desk, number, bucket.threshold - bucket.ceilings[row + 1])
    return number


@compiled
def _walk(postings: Postings, asked: SearchTerms, bucket: Bucket, desk: SearchState) -> tuple[int, int]:
    """Sum the impacts of a bucket's passages term by term, while a passage not met yet could reach the threshold.

    Returns:
        How many terms were walked through, and how many passages met.
    """
    passages, impacts, scores, met, first = postings.passages, postings.impacts, desk.scores, desk.met, bucket.first
    number, row = 0, 0
    while row < len(asked.terms) and bucket.ceilings[row] >= bucket.threshold:
        weight = asked.weights[row]
        begin, end = _stretch(postings, asked.terms[row], bucket)
        for at in range(begin, end):
            passage = passages[at] - first
            before = scores[passage]
            met[number] = passage
            number += before == 0
            scores[passage] = before + weight * impacts[at]
        row += 1
    return row, number


@compiled
def _stretch(postings: Postings, term: int, bucket: Bucket) -> tuple[int, int]:
    """Where a term's postings of a bucket begin and end."""
    listed = postings.listed[term]
    if listed >= 0:
        return postings.bucket_starts[listed, bucket.number], postings.bucket_starts[listed, bucket.number + 1]
    end = postings.starts[term + 1]
    begin = _lower(postings.passages, postings.starts[term], end, bucket.first)
    return begin, _lower(postings.passages, begin, end, bucket.last)


@compiled
def _keep(desk: SearchState, number: int, needed: Single) -> int:
    """Keep of the passages on the desk those that have the score needed."""
    scores, met = desk.scores, desk.met
    left = 0
    for entry in range(number):
        passage = met[entry]
        stays = scores[passage] >= needed
        scores[passage] = scores[passage] if stays else Single(0)
        met[left] = passage
        left += stays
    return left


@compiled
def _keep_allowed(places: Numbers, allowed: Flags, desk: SearchState, number: int) -> int:
    """Keep the passages that may be found."""
    left = 0
    for entry in range(number):
        passage = desk.met[entry]
        stays = allowed[places[passage]]
        desk.scores[passage] = desk.scores[passage] if stays else Single(0)
        desk.met[left] = passage
        left += stays
    return left


@compiled
def _complete(postings: Postings, asked: SearchTerms, bucket: Bucket, desk: SearchState, row: int, number: int) -> None:
    """Add what one more term adds to the passages on the desk."""
    term, weight, scores, met = asked.terms[row], asked.weights[row], desk.scores, desk.met
    dense, first = postings.dense[term], bucket.first
    begin, end = _stretch(postings, term, bucket)
    if end - begin > SEARCHED * number:
        for entry in range(number):
            at = _lower(postings.passages, begin, end, first + met[entry])
            if at < end and postings.passages[at] == first + met[entry]:
                scores[met[entry]] += weight * postings.impacts[at]
    elif dense >= 0 and end - begin > ROWED * number:
        frequencies, norms = postings.rows[dense, first:], postings.norms[first:]
        most = Single(weight * postings.idf[term] * (K1 + 1))
        for entry in range(number):
            frequency = Single(frequencies[met[entry]])
            scores[met[entry]] += most * frequency / (frequency + norms[met[entry]])
    else:
        passages, impacts = postings.passages, postings.impacts
        for at in range(begin, end):
            score = scores[passages[at] - first]
            scores[passages[at] - first] = score + weight * impacts[at] if score > 0 else score


# --- the best


@compiled
def _with_room(
    found: Numbers, scores: Singles, count: int, more: int, threshold: Single
) -> tuple[Numbers, Singles, int]:
    """The passages found that still may be among the best, with room for more."""
    left = 0
    for entry in range(count):
        found[left], scores[left] = found[entry], scores[entry]
        left += scores[entry] >= threshold
    wider, same = np.empty(2 * (left + more), dtype=np.int32), np.empty(2 * (left + more), dtype=np.float32)
    wider[:left], same[:left] = found[:left], scores[:left]
    return wider, same, left


@compiled
def _replace_least(best: Singles, score: Single) -> None:
    """Put a score in the place of the least of a heap, which stands first."""
    at, child = 0, 1
    while child < len(best):
        if child + 1 < len(best) and best[child + 1] < best[child]:
            child += 1
        if best[child] >= score:
            break
        best[at] = best[child]
        at, child = child, 2 * child + 1
    best[at] = score


@compiled
def exact_scores(postings: Postings, wanted: WeightedTerms, passages: Numbers) -> Floats:
    """The scores of some passages in double precision, operation by operation as `OkapiEngine` has them of rank-bm25.

    Args:
        postings: The library.
        wanted: The question.
        passages: Numbers of the passages.
    """
    scores = np.full(len(passages), wanted.base)
    for entry in range(len(passages)):
        bucket = _bucket(postings.bounds, passages[entry])
        norm = K1 * (1 - B + B * postings.lengths[passages[entry]] / wanted.mean_length)
        for row in range(len(wanted.terms)):
            at = _find(postings, wanted.terms[row], bucket, passages[entry])
            if at >= 0:
                idf, frequency = wanted.idf[row], postings.frequencies[at]
                whole = idf * (DELTA + (frequency * (K1 + 1)) / (norm + frequency))
                scores[entry] += wanted.weights[row] * (whole - idf * DELTA)
    return scores
