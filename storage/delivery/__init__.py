"""Updates not yet answered, replies not yet sent, and replies in flight."""
