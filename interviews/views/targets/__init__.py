"""Pages about targets, progress towards them, and closing bookings."""

from interviews.views.targets import closures, progress, targets

__all__ = ["closures", "progress", "targets"]
