"""The state of the local Telegram: chats, messages, files, updates and faults."""
