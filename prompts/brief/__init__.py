"""Briefs: chosen quotes to an answer, and the answer to a document for people that can be checked later."""
