"""Reminders before an interview, sent by the worker."""
