"""The record on PostgreSQL, behind the interface of the SQLite database; the only modules that import psycopg."""
