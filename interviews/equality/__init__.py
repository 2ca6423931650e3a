"""The equality monitoring form and its figures."""
