"""The SQLite database itself: connection, migrations, backups and locks."""
