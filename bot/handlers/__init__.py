"""One module per conversation a person can have with the bot."""
