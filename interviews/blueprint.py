"""The blueprint that every page of this package joins."""

from flask import Blueprint

bp = Blueprint("interviews", __name__, cli_group="interviews")
