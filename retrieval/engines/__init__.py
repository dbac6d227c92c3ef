"""BM25 scorers behind one protocol."""
