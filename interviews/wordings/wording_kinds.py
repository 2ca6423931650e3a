"""The kinds of email that a call may word itself, and the placeholders in each. Pure."""

from dataclasses import dataclass

INTERVIEW_PLACEHOLDERS = ("when", "place", "interviewer", "reference", "call", "own_page", "move", "cancel")
OFFER_PLACEHOLDERS = ("reference", "call", "own_page")


@dataclass(frozen=True, slots=True)
class WordingKind:
    """`template` is below `templates/email/`."""

    template: str
    title: str
    subject: str  # the default
    known_placeholders: tuple[str, ...]
    required_placeholders: tuple[str, ...]

    @property
    def key(self) -> str:
        """Stored in the database and part of page addresses."""
        return self.template.rpartition("/")[2]


WORDING_KINDS = {
    kind.key: kind
    for kind in (
        WordingKind(
            "interviews/volunteers/signed_up",
            "Thank you for offering",
            "We have received your offer to be interviewed",
            OFFER_PLACEHOLDERS,
            ("own_page",),
        ),
        WordingKind(
            "interviews/volunteers/accepted",
            "Accepted: choose a time",
            "Choose a time for your interview",
            OFFER_PLACEHOLDERS,
            ("own_page",),
        ),
        WordingKind(
            "interviews/volunteers/declined",
            "Declined",
            "Our decision about your interview",
            OFFER_PLACEHOLDERS,
            ("own_page",),
        ),
        WordingKind(
            "interviews/invitations/booked",
            "Booked",
            "Your interview is booked",
            INTERVIEW_PLACEHOLDERS,
            ("when", "place", "move", "cancel"),
        ),
        WordingKind(
            "interviews/invitations/moved",
            "Moved",
            "Your interview has a new time",
            (*INTERVIEW_PLACEHOLDERS, "reason"),
            ("when", "place", "reason", "move", "cancel"),
        ),
        WordingKind(
            "interviews/invitations/cancelled",
            "Cancelled",
            "Your interview is cancelled",
            ("when", "reason", "reference", "call", "own_page"),
            ("when", "reason", "own_page"),
        ),
        WordingKind(
            "interviews/reminders/reminder",
            "Reminder",
            "Reminder: your interview",
            INTERVIEW_PLACEHOLDERS,
            ("when", "place", "move", "cancel"),
        ),
        WordingKind(
            "interviews/reminders/session_reminder",
            "Reminder of a group session",
            "Reminder: your group session",
            ("when", "place", "reference", "call", "own_page", "cancel"),
            ("when", "place", "cancel"),
        ),
    )
}
