"""The desk: the one path from a question to an exchange on record."""
