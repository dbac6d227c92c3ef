"""The queries behind the review pages."""
