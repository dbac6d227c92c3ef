"""Requests to Telegram's Bot API."""
