"""The index as arrays: segments of passages, their positions, articles and acronyms."""
