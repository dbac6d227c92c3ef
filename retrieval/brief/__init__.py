"""Quotes for a brief on a topic, chosen by aspect: what it is, who, what was agreed, figures, positions, disputes."""
