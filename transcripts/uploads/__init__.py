"""Uploads over tus that continue where they stopped."""
