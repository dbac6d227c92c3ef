"""The HTTP side of the local Telegram: the Bot API, the chat page and the faults page."""
