"""The kinds of mail that a call may word itself, and what may or must stand in each. Pure."""

from dataclasses import dataclass

INTERVIEW_PLACEHOLDERS = ("when", "place", "interviewer", "reference", "call", "own_page", "move", "cancel")
OFFER_PLACEHOLDERS = ("reference", "call", "own_page")


@dataclass(frozen=True, slots=True)
class WordingKind:
    """A mail that a call may word itself. `template` is below `templates/email/`."""

    template: str
    title: str
    subject: str  # ours
    known_placeholders: tuple[str, ...]
    required_placeholders: tuple[str, ...]

    @property
    def key(self) -> str:
        """What is stored and what addresses name: the last part of the template."""
        return self.template.rpartition("/")[2]


WORDING_KINDS = {
    kind.key: kind
    for kind in (
        WordingKind(
            "interviews/volunteers/signed_up",
            "Thank you for offering",
            "Your offer to be interviewed",
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
            "Your offer to be interviewed",
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
            "Your interview has moved",
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
            "A reminder of your interview",
            INTERVIEW_PLACEHOLDERS,
            ("when", "place", "move", "cancel"),
        ),
        WordingKind(
            "interviews/reminders/session_reminder",
            "Reminder of a group session",
            "A reminder of your group session",
            ("when", "place", "reference", "call", "own_page", "cancel"),
            ("when", "place", "cancel"),
        ),
    )
}
