"""Pages about targets, progress and closing."""

from interviews.views.targets import closures, progress, targets

__all__ = ["closures", "progress", "targets"]
