"""The review pages: a plugin of Datasette with its views, access and server."""
