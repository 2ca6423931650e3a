"""The routes that receive files."""

from transcripts.views.uploads import form_upload, tus, unfinished_uploads

__all__ = ["form_upload", "tus", "unfinished_uploads"]
