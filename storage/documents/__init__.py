"""Files of articles that were added, for every machine on the database."""
