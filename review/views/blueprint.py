"""The blueprint that every page of this package joins."""

from flask import Blueprint

bp = Blueprint("review", __name__)
