"""The pages of this package, one module for each group; importing this adds them to the blueprint."""

from review.views import dashboard, reading

__all__ = ["dashboard", "reading"]
