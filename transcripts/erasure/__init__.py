"""Erase speech for good: files and their keys, texts, and answers that came from it."""
