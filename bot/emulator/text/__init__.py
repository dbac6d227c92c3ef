"""Message text as Telegram reads it: HTML, entities and links."""
