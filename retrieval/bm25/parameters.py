"""BM25+'s parameters for sentences, as judged questions chose them."""

K1 = 0.4
"""Term frequency saturation: low, since a sentence that repeats a word is hardly more about it."""
B = 0.5
"""Length normalization: half, since long sentences do hold more answers."""
DELTA = 1.0
"""Score of holding a term at all: Lv and Zhai 2011, 'Lower-bounding term frequency normalization'."""
