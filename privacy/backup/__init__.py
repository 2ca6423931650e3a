"""Backups: database, files and keys, encrypted, verified by restoring them (docs/decisions/0029-backups.md)."""
