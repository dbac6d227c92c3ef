"""Translations of the templates: gettext catalogues, and their words put into templates as these are compiled."""
