"""Judged questions, runs, measures and their significance; weights learnt from judgments."""
