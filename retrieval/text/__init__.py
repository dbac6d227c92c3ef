"""From text to terms, and the word tables that terms are held against."""
