"""The pages of this package, one module or folder for each feature. Importing it adds them to the blueprint."""

from review.views import dashboard, desk, reading
from review.views.blueprint import bp

__all__ = ["bp", "dashboard", "desk", "reading"]
