"""Standing questions: which new passages answer them, when they are told, and in which words."""
