"""BM25 scorers behind one protocol: exhaustive, pruned, and rank-bm25 as the reference."""
