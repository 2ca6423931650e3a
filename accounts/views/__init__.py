"""The pages of this package, one module for each group of pages."""

from accounts.views import outbox, people, sign_in
from accounts.views.blueprint import bp

__all__ = ["bp", "outbox", "people", "sign_in"]
