"""Fixtures, scenes and servers shared by the tests."""
