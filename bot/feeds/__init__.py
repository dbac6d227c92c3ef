"""Feeds of web sites: fetched with courtesy, guarded against where they lead, their items kept as articles."""
