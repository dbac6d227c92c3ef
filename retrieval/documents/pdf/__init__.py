"""PDFs: letters with their places, put together to lines, columns and paragraphs."""
