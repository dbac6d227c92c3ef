"""A folder of articles in, the passages that support an answer out."""
