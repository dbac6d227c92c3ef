"""Exchanges on record, and every query over them."""
