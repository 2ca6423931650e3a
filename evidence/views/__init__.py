"""The pages of this package, one module for each group of pages."""

from evidence.views import call_pages, consent_pages, links, sending, staff_pages, starting, writing_pages
from evidence.views.blueprint import bp

__all__ = ["bp", "call_pages", "consent_pages", "links", "sending", "staff_pages", "starting", "writing_pages"]
