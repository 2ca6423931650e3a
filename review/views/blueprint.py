"""The blueprint that the pages of this package join. Holds no page itself."""

from flask import Blueprint

bp = Blueprint("review", __name__, cli_group="review")
