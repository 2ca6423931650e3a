"""Pages about what people wrote back: messages and proposed times."""

from interviews.views.inbox import messages, proposals

__all__ = ["messages", "proposals"]
