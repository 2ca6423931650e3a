"""The blueprint of this package's pages."""

from flask import Blueprint

bp = Blueprint("transcripts", __name__)
