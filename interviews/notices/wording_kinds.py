"""The kinds of mail that a call may word itself, and what may or must stand in each. Pure."""

from dataclasses import dataclass

ABOUT_INTERVIEW = ("when", "place", "interviewer", "reference", "call", "own_page", "move", "cancel")
ABOUT_OFFER = ("reference", "call", "own_page")


@dataclass(frozen=True, slots=True)
class Kind:
    """A mail that a call may word itself. `key` is the name of its template."""

    key: str
    title: str
    subject: str  # ours
    known: tuple[str, ...]
    required: tuple[str, ...]


KINDS = {
    kind.key: kind
    for kind in (
        Kind("signed_up", "Thank you for offering", "Your offer to be interviewed", ABOUT_OFFER, ("own_page",)),
        Kind("accepted", "Accepted: choose a time", "Choose a time for your interview", ABOUT_OFFER, ("own_page",)),
        Kind("declined", "Declined", "Your offer to be interviewed", ABOUT_OFFER, ("own_page",)),
        Kind("booked", "Booked", "Your interview is booked", ABOUT_INTERVIEW, ("when", "place", "move", "cancel")),
        Kind(
            "moved",
            "Moved",
            "Your interview has moved",
            (*ABOUT_INTERVIEW, "reason"),
            ("when", "place", "reason", "move", "cancel"),
        ),
        Kind(
            "cancelled",
            "Cancelled",
            "Your interview is cancelled",
            ("when", "reason", "reference", "call", "own_page"),
            ("when", "reason", "own_page"),
        ),
        Kind(
            "reminder", "Reminder", "A reminder of your interview", ABOUT_INTERVIEW, ("when", "place", "move", "cancel")
        ),
        Kind(
            "session_reminder",
            "Reminder of a group session",
            "A reminder of your group session",
            ("when", "place", "reference", "call", "own_page", "cancel"),
            ("when", "place", "cancel"),
        ),
    )
}
