"""Messages as the bot reads and writes them: addressing, language, sending and keyboards."""
