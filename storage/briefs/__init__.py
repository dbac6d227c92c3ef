"""Briefs on record: their plans, which are saved, and the open questions that they name."""
