"""People on the local Telegram, for tests and scripts: they write, press, join and wait for replies."""
