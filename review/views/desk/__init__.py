"""The reviewer's desk: its page, and what its script sends and asks for."""

from review.views.desk import corrections, decisions, pages

__all__ = ["corrections", "decisions", "pages"]
