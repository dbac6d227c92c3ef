"""The commands for briefs: made, renewed, and their documents checked."""
