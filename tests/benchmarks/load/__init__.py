"""How many questions a second the bot answers when many people ask."""
