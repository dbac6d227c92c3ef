"""The parts of a Word file to its paragraphs."""
