"""The pages of this package, one module for each group of pages."""

from transcripts.views import (
    comparing,
    consent,
    deciding,
    importing,
    live,
    marking,
    models,
    playing,
    recordings,
    redrawing,
    speaking,
    transcripts,
    tus,
    unfinished,
    uploading,
)

__all__ = [
    "comparing",
    "consent",
    "deciding",
    "importing",
    "live",
    "marking",
    "models",
    "playing",
    "recordings",
    "redrawing",
    "speaking",
    "transcripts",
    "tus",
    "unfinished",
    "uploading",
]
