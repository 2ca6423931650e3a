"""Pages about group sessions, for volunteers and for staff."""

from interviews.views.group_sessions import attendance, my_sessions, sessions, write_ups

__all__ = ["attendance", "my_sessions", "sessions", "write_ups"]
