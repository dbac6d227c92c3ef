"""Signing in to the review pages: links, passwords, and the sessions that they begin."""
