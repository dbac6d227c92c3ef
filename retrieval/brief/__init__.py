"""Quotes for a brief on a topic, chosen by aspect: definition, parties, agreements, figures, positions, disputes."""
