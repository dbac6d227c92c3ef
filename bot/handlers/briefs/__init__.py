"""Briefs in chats: sent as documents, chosen by hand, saved and renewed."""
