"""The live script, and the page that aligns its markers."""

from transcripts.views.markers import alignment, live_script

__all__ = ["alignment", "live_script"]
