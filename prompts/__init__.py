"""Hits in, an answer out; an answer in, words out."""
