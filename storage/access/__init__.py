"""Parties, their roles, rate limits and refusals."""
