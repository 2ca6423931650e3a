"""The pages of this package, one module for each group; importing this adds them to the blueprint."""

from review.views import coming, dashboard, reading

__all__ = ["coming", "dashboard", "reading"]
