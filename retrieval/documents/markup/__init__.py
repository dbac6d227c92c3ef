"""Marks that web pages and Word files share, to plain text: line breaks, raised text, tables, numbers, removals."""
