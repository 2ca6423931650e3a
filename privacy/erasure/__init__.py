"""Erase a person, a contribution or an answer in every place, and again after a backup was restored."""
