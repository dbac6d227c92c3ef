"""Scripts that people and the desk go through in tests and recordings."""
