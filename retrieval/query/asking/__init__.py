"""How questions are asked in each language: their kinds, and the words that only ask."""
