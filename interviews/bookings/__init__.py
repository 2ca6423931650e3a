"""One-to-one interviews: booking, moving, cancelling, outcomes."""
