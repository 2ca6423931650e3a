"""Erasure of what people said or wrote, in this package."""
