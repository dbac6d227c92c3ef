"""Running the bot: health, doctor, retention, HTTP server and supervision."""
