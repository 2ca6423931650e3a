"""Uploads over tus that can be resumed."""
