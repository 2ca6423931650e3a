"""Themes compared across groups of people, and questions by how they were answered."""
