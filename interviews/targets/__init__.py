"""Targets, progress towards them, and closing a call or a site."""
