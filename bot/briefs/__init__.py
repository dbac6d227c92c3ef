"""Briefs made at the desk: put on record with their plans, written as documents, checked and renewed later."""
