"""The tree of a web page to the paragraphs of its article."""
