"""Findings to an answer: which quotes, in which order, and what contradicts them."""
