"""Pages about messages and calendar replies."""

from interviews.views.inbox import messages, proposals

__all__ = ["messages", "proposals"]
