"""The pages of this package, one module or folder for each feature. Importing it adds them to the blueprint."""

from transcripts.views import importing, markers, model_store, passages, recordings, speakers, uploads
from transcripts.views.blueprint import bp

__all__ = ["bp", "importing", "markers", "model_store", "passages", "recordings", "speakers", "uploads"]
