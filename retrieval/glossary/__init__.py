"""Names and words in English, Japanese and Vietnamese, and questions read in another of these languages by them."""
