"""Has Numba compile the MaxScore search when what tests need is installed: `python -m tests.machine_code`.

The machine code is kept beside the source; without it each process of the first test run would compile its own.
"""

from retrieval.bm25.choice import ScorerName
from retrieval.text.token_ids import token_ids
from tests.support.corpora import Units

if __name__ == "__main__":
    Units([token_ids([["osa"], ["deal"]])]).engine(ScorerName.MAX_SCORE).search({"osa": 1.0}, 1)
