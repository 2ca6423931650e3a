"""Pages on which reviewers decide what answers which question."""

from transcripts.views.passages import acceptance_rate, boundary_edits, decisions, transcripts

__all__ = ["acceptance_rate", "boundary_edits", "decisions", "transcripts"]
