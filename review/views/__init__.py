"""The pages of this package, one module or folder for each feature. Importing it adds them to the blueprint."""

from review.views import agreement, coding, comparing, dashboard, desk, exports, quotes, reading, search
from review.views.blueprint import bp

__all__ = ["agreement", "bp", "coding", "comparing", "dashboard", "desk", "exports", "quotes", "reading", "search"]
