"""From a question to a query: kind, filters, expansions, follow-ups, focus and recency."""
