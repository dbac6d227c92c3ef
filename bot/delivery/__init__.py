"""The way of an update from Telegram to the handlers and of the reply back, with nothing lost."""
