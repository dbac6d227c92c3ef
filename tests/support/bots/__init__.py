"""Bots as processes of their own."""
