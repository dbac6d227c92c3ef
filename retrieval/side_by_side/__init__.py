"""Quotes about a topic side by side: of two or more periods, people, countries or publishers."""
