"""How the tables and weights that retrieval ships were made; nothing here runs when the desk does."""
