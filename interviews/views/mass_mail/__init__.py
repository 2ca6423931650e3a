"""Pages for group email, and for upcoming and unsent emails."""

from interviews.views.mass_mail import mass_mails, outgoing

__all__ = ["mass_mails", "outgoing"]
