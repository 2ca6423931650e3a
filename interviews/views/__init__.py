"""The pages of this package, one module for each group of pages."""

from interviews.blueprint import bp
from interviews.views import interviews, my_booking, my_page, offers, slots, volunteers

__all__ = ["bp", "interviews", "my_booking", "my_page", "offers", "slots", "volunteers"]
