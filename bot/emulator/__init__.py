"""A local Telegram: the Bot API over HTTP plus a chat page."""
