"""The review pages of briefs: listed, chosen by hand, made, saved and renewed."""
