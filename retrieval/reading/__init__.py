"""From a file to an article: metadata, lines and sentences."""
