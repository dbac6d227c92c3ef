"""From Telegram to the handlers and back, without losing anything on the way."""
