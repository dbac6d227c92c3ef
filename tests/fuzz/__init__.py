"""Inputs made up by machines, for everything that reads what strangers wrote; `python -m tests.fuzz` runs for long."""
