"""The record on web pages, for those who review it: a plugin of Datasette, with its templates and static files."""
