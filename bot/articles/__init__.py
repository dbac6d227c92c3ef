"""Articles as they come and change: uploads, additions, the watched folder and its check."""
