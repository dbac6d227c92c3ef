"""The MaxScore search in machine code: the passages that may be among the best, scored exactly.

**What is computed.** BM25+ ranks passages by the sum of what each of the question's terms adds to them, its impact:
idf · tf · (k1 + 1) / (tf + norm), where the norm grows with the passage's length. (What a term's mere presence is worth
is, as in rank-bm25, added to every passage alike.) The impacts are known beforehand, so that plain search walks through
each term's postings and sums. That is exact but touches every posting; common terms have hundreds of thousands.

**What is left out.** A passage matters only when its score reaches that of the k-th best found so far, the threshold.
Three things make most postings be passed over, without changing the result:

1. Passages are numbered by their length and cut into buckets. In one bucket the norm hardly differs, so the greatest
   impact of a term in it is a tight bound; without buckets one short passage spoils the bound for all.
2. Bucket by bucket, terms are walked through from the most telling on. As soon as all the terms that are left could
   together not lift a new passage to the threshold, walking stops (`_accumulate`), often before the common terms are
   reached, and in many buckets before it begins.
3. The passages met so far that could still reach the threshold are completed by the terms that are left (`_add_term`),
   in whichever way is the shortest: a very common term has a row with its frequency in every passage; few passages are
   searched for among the term's postings of the bucket; else these are walked through, for passages met only.

The threshold begins with what k passages score by one term alone (`_threshold_by_one_term`) or, where that is more,
with the scores of the passages that are best by the first postings of the most telling terms (`_threshold_by_seeds`);
it rises with each bucket.

**Why it is exact.** Bounds and sums are single precision; the threshold is lowered by more than they can be wrong, so a
few passages too many are kept. These are scored again in double precision, operation by operation as rank-bm25 does
(`exact_scores`), and only then ordered. So scores and order, ties too, are those of `ReferenceScorer` to the last bit.

**When articles have come and gone since.** Then terms are rarer or more common than the impacts know, and passages are
longer or shorter beside the mean. The former is made good by the weights, since an impact grows with its idf; the
latter is no more than the ratio of the two means, by which the threshold is lowered. The last step goes by today's.
"""

from typing import NamedTuple, TypeAlias

import numpy as np

from retrieval.arrays import Flags, Floats, Ints, Numbers
from retrieval.bm25.exhaustive_search import SearchTerms, WeightedTerms
from retrieval.bm25.jit import jit
from retrieval.bm25.parameters import DELTA, K1, B
from retrieval.bm25.postings import DEPTHS, Postings, Singles

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
    """Passages of about the same length, and what is wanted of them."""

    number: int
    first: int
    last: int  # the passage after its last
    ceilings: Singles  # for each term, what it and those after it add to a passage's score at most; 0 at the end
    threshold: Single  # the score that a passage must reach


class SearchState(NamedTuple):
    """The accumulators of a search; passages are numbered from the first of their bucket."""

    scores: Singles  # of each passage of a bucket, so far; 0 for one not met, or ruled out by now
    candidates: Numbers  # the passages whose score is above 0


def search(postings: Postings, query: SearchTerms, weighted: WeightedTerms) -> tuple[Numbers, Floats]:
    """Return the numbers of the passages that may be among the best, and their exact scores."""
    found = find_candidates(postings, query)
    return found, exact_scores(postings, weighted, found)


@jit
def find_candidates(postings: Postings, query: SearchTerms) -> Numbers:
    """Return the numbers, in no order, of the k best passages, those that tie with the last, and a few more."""
    ceilings = _ceilings(postings, query)
    slack = Single((1 - 1e-6 - 2.5e-7 * len(query.terms)) * query.drift)
    threshold = slack * _first_threshold(postings, query)
    # one entry more than the largest bucket: the last is written before it is known not to be new
    room = len(postings.places) // (len(postings.bounds) - 1) + 2
    state = SearchState(np.zeros(room, dtype=np.float32), np.empty(room, dtype=np.int32))
    best = np.zeros(query.k, dtype=np.float32)
    found, scores, count = np.empty(FOUND, dtype=np.int32), np.empty(FOUND, dtype=np.float32), 0
    for number in range(len(postings.bounds) - 1):
        if ceilings[0, number] < threshold:
            continue
        first = postings.bounds[number]
        bucket = Bucket(number, first, postings.bounds[number + 1], ceilings[:, number], threshold)
        left = _search_bucket(postings, query, bucket, state)
        if count + left > len(found):
            found, scores, count = _compact(found, scores, count, left, threshold)
        for entry in range(left):
            score = state.scores[state.candidates[entry]]
            state.scores[state.candidates[entry]] = 0
            found[count], scores[count] = first + state.candidates[entry], score
            count += 1
            if score > best[0]:
                _replace_least(best, score)
        threshold = max(threshold, slack * best[0])
    found, scores, count = _compact(found, scores, count, 0, threshold)
    return found[:count]


@jit
def _ceilings(postings: Postings, query: SearchTerms) -> Singles:
    """Return, for each term and bucket, the greatest sum of impacts from this term on."""
    buckets = len(postings.bounds) - 1
    ceilings = np.zeros((len(query.terms) + 1, buckets), dtype=np.float32)
    for row in range(len(query.terms) - 1, -1, -1):
        term = query.terms[row]
        bucket_row = postings.bucket_rows[term]
        for bucket in range(buckets):
            bound = postings.bucket_max_impacts[bucket_row, bucket] if bucket_row >= 0 else postings.max_impacts[term]
            ceilings[row, bucket] = ceilings[row + 1, bucket] + query.weights[row] * bound
    return ceilings


# --- a first threshold


@jit
def _first_threshold(postings: Postings, query: SearchTerms) -> Single:
    """Return a score that at least k passages reach."""
    threshold = _threshold_by_one_term(postings, query)
    size = 0
    for term in query.terms:
        size += postings.starts[term + 1] - postings.starts[term]
    if size > 4 * SEEDS:
        threshold = max(threshold, _threshold_by_seeds(postings, query))
    return threshold


@jit
def _threshold_by_one_term(postings: Postings, query: SearchTerms) -> Single:
    """Return a score that k passages reach by a single term; 0 where none is known."""
    threshold = Single(0)
    for row in range(len(DEPTHS)):
        if query.k <= DEPTHS[row] and len(query.allowed) == 0:
            for term in range(len(query.terms)):
                threshold = max(threshold, query.weights[term] * postings.depth_impacts[row, query.terms[term]])
    return threshold


@jit
def _threshold_by_seeds(postings: Postings, query: SearchTerms) -> Single:
    """Return the least score of k good passages: the best by the first postings of the most telling terms.

    A term's first postings are those of the shortest passages, so they hold its max_impacts impacts.
    """
    passages, sums = _seed_sums(postings, query)
    leaders = np.zeros(query.k, dtype=np.float32)
    for score in sums:
        if score > leaders[0]:
            _replace_least(leaders, score)
    if leaders[0] == 0:
        return Single(0)
    lowest: Single = Single(np.inf)
    taken = 0
    for entry in range(len(passages)):
        if sums[entry] >= leaders[0] and taken < query.k:
            taken += 1
            lowest = min(lowest, _score(postings, query, passages[entry]))
    return lowest


@jit
def _seed_sums(postings: Postings, query: SearchTerms) -> tuple[Numbers, Singles]:
    """Return the passages in the first postings of the most telling terms, and their sums so far."""
    entries = np.full(SLOTS, -1, dtype=np.int32)  # a hash table
    passages, sums = np.empty(SEEDS, dtype=np.int32), np.empty(SEEDS, dtype=np.float32)
    count, left = 0, SEEDS
    for row in range(len(query.terms)):
        begin = postings.starts[query.terms[row]]
        end = min(postings.starts[query.terms[row] + 1], begin + left)
        for at in range(begin, end):
            passage = postings.passages[at]
            if len(query.allowed) == 0 or query.allowed[postings.places[passage]]:
                slot = (passage * 0x9E3779B1) & (SLOTS - 1)  # Fibonacci hashing (Knuth, volume 3)
                while entries[slot] >= 0 and passages[entries[slot]] != passage:
                    slot = (slot + 1) & (SLOTS - 1)
                if entries[slot] < 0:
                    entries[slot], passages[count], sums[count] = count, passage, 0
                    count += 1
                sums[entries[slot]] += query.weights[row] * postings.impacts[at]
        left -= end - begin
    return passages[:count], sums[:count]


@jit
def _score(postings: Postings, query: SearchTerms, passage: int) -> Single:
    """Return a passage's score in single precision."""
    bucket = _bucket_of(postings.bounds, passage)
    score = Single(0)
    for row in range(len(query.terms)):
        term, weight = query.terms[row], query.weights[row]
        if postings.dense[term] >= 0:
            frequency = Single(postings.frequency_rows[postings.dense[term], passage])
            score += Single(weight * postings.idf[term] * (K1 + 1)) * frequency / (frequency + postings.norms[passage])
        else:
            at = _find_posting(postings, term, bucket, passage)
            if at >= 0:
                score += weight * postings.impacts[at]
    return score


@jit
def _bucket_of(bounds: Ints, passage: int) -> int:
    """Return the bucket of a passage."""
    bucket: int = passage * (len(bounds) - 1) // bounds[-1]
    while bounds[bucket + 1] <= passage:
        bucket += 1
    return bucket


@jit
def _lower_bound(passages: Numbers, low: int, high: int, target: int) -> int:
    """Return where, from `low` up to `high`, the first passage stands that is not before `target`."""
    while low < high:
        middle = (low + high) >> 1
        if passages[middle] < target:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def _find_posting(postings: Postings, term: int, bucket: int, passage: int) -> int:
    """Return where a passage is among a term's postings; -1 where it does not hold the term."""
    begin, end = postings.starts[term], postings.starts[term + 1]
    bucket_row = postings.bucket_rows[term]
    if bucket_row >= 0:
        begin, end = postings.bucket_starts[bucket_row, bucket], postings.bucket_starts[bucket_row, bucket + 1]
    at = _lower_bound(postings.passages, begin, end, passage)
    return at if at < end and postings.passages[at] == passage else -1


# --- a bucket


@jit
def _search_bucket(postings: Postings, query: SearchTerms, bucket: Bucket, state: SearchState) -> int:
    """Leave in the state the scores of the passages that reach the threshold; return how many."""
    walked, number = _accumulate(postings, query, bucket, state)
    number = _prune(state, number, bucket.threshold - bucket.ceilings[walked])
    if len(query.allowed):
        number = _prune_filtered(postings.places[bucket.first :], query.allowed, state, number)
    for row in range(walked, len(query.terms)):
        if number:
            _add_term(postings, query, bucket, state, row, number)
            number = _prune(state, number, bucket.threshold - bucket.ceilings[row + 1])
    return number


@jit
def _accumulate(postings: Postings, query: SearchTerms, bucket: Bucket, state: SearchState) -> tuple[int, int]:
    """Sum a bucket's impacts term by term, while a passage not met yet could reach the threshold.

    Returns:
        How many terms were walked through, and how many passages met.
    """
    passages, impacts, scores, candidates, first = (
        postings.passages,
        postings.impacts,
        state.scores,
        state.candidates,
        bucket.first,
    )
    number, row = 0, 0
    while row < len(query.terms) and bucket.ceilings[row] >= bucket.threshold:
        weight = query.weights[row]
        begin, end = _bucket_postings(postings, query.terms[row], bucket)
        for at in range(begin, end):
            passage = passages[at] - first
            before = scores[passage]
            candidates[number] = passage
            number += before == 0
            scores[passage] = before + weight * impacts[at]
        row += 1
    return row, number


@jit
def _bucket_postings(postings: Postings, term: int, bucket: Bucket) -> tuple[int, int]:
    """Return where a term's postings of a bucket begin and end."""
    bucket_row = postings.bucket_rows[term]
    if bucket_row >= 0:
        return postings.bucket_starts[bucket_row, bucket.number], postings.bucket_starts[bucket_row, bucket.number + 1]
    end = postings.starts[term + 1]
    begin = _lower_bound(postings.passages, postings.starts[term], end, bucket.first)
    return begin, _lower_bound(postings.passages, begin, end, bucket.last)


@jit
def _prune(state: SearchState, number: int, least: Single) -> int:
    """Drop the candidates whose score is below the least one; return how many are left."""
    scores, candidates = state.scores, state.candidates
    left = 0
    for entry in range(number):
        passage = candidates[entry]
        stays = scores[passage] >= least
        scores[passage] = scores[passage] if stays else Single(0)
        candidates[left] = passage
        left += stays
    return left


@jit
def _prune_filtered(places: Numbers, allowed: Flags, state: SearchState, number: int) -> int:
    """Drop the candidates that the filters do not allow; return how many are left."""
    left = 0
    for entry in range(number):
        passage = state.candidates[entry]
        stays = allowed[places[passage]]
        state.scores[passage] = state.scores[passage] if stays else Single(0)
        state.candidates[left] = passage
        left += stays
    return left


@jit
def _add_term(
    postings: Postings, query: SearchTerms, bucket: Bucket, state: SearchState, row: int, number: int
) -> None:
    """Add the impacts of one more term to the candidates' scores."""
    term, weight, scores, candidates = query.terms[row], query.weights[row], state.scores, state.candidates
    dense, first = postings.dense[term], bucket.first
    begin, end = _bucket_postings(postings, term, bucket)
    if end - begin > SEARCHED * number:
        for entry in range(number):
            at = _lower_bound(postings.passages, begin, end, first + candidates[entry])
            if at < end and postings.passages[at] == first + candidates[entry]:
                scores[candidates[entry]] += weight * postings.impacts[at]
    elif dense >= 0 and end - begin > ROWED * number:
        frequencies, norms = postings.frequency_rows[dense, first:], postings.norms[first:]
        most = Single(weight * postings.idf[term] * (K1 + 1))
        for entry in range(number):
            frequency = Single(frequencies[candidates[entry]])
            scores[candidates[entry]] += most * frequency / (frequency + norms[candidates[entry]])
    else:
        passages, impacts = postings.passages, postings.impacts
        for at in range(begin, end):
            score = scores[passages[at] - first]
            scores[passages[at] - first] = score + weight * impacts[at] if score > 0 else score


# --- the best


@jit
def _compact(found: Numbers, scores: Singles, count: int, more: int, threshold: Single) -> tuple[Numbers, Singles, int]:
    """Drop the passages found that are below the threshold by now, and make room for more."""
    left = 0
    for entry in range(count):
        found[left], scores[left] = found[entry], scores[entry]
        left += scores[entry] >= threshold
    wider, same = np.empty(2 * (left + more), dtype=np.int32), np.empty(2 * (left + more), dtype=np.float32)
    wider[:left], same[:left] = found[:left], scores[:left]
    return wider, same, left


@jit
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


@jit
def exact_scores(postings: Postings, weighted: WeightedTerms, passages: Numbers) -> Floats:
    """Score in double precision, operation by operation as `ReferenceScorer` has it of rank-bm25."""
    scores = np.full(len(passages), weighted.base)
    for entry in range(len(passages)):
        bucket = _bucket_of(postings.bounds, passages[entry])
        norm = K1 * (1 - B + B * postings.lengths[passages[entry]] / weighted.mean_length)
        for row in range(len(weighted.terms)):
            at = _find_posting(postings, weighted.terms[row], bucket, passages[entry])
            if at >= 0:
                idf, frequency = weighted.idf[row], postings.frequencies[at]
                score = idf * (DELTA + (frequency * (K1 + 1)) / (norm + frequency))
                scores[entry] += weighted.weights[row] * (score - idf * DELTA)
    return scores
