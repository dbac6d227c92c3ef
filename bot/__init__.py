"""The edge: people, over Telegram, HTTP and the command line."""
