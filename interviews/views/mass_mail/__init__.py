"""Pages for email to many people, and for what will be sent."""

from interviews.views.mass_mail import mass_mails, outgoing

__all__ = ["mass_mails", "outgoing"]
