"""Verdicts of reviewers, and the judgments made of them."""
