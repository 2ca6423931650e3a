"""The blueprint that every page of this package joins."""

from flask import Blueprint

bp = Blueprint("privacy", __name__)
