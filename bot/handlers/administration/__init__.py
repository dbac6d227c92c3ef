"""Conversations with owners and curators: access, uploads, reloads, membership and failures."""
