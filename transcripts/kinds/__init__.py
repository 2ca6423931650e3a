"""Closed sets of values that rows and pure modules share. Pure: imports no rows."""
