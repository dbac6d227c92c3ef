"""Quotes about a topic in the order of the days that they speak of."""
