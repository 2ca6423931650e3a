"""Staff act for people who do not use the pages: add them, keep how they are reached. Callers commit.

Times are booked for them in bookings.py; letters are in letters.py.
"""

from dataclasses import dataclass
from uuid import UUID

from accounts import audit
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from core.text_cleaning import clean_single_line, clean_text, normalise_email
from evidence.models import Call, Contact, Mode
from evidence.participants import update_email
from interviews.models import Volunteer
from interviews.volunteers import volunteers
from interviews.volunteers.volunteers import InterviewsNotOfferedError, SignUpDetails


class AlreadySignedUpError(RuleError):
    """Somebody has offered to be interviewed for the call from this address."""


class NoContactDetailsError(RuleError):
    """Nobody could tell the person when their interview is."""


class EmailNotRemovableError(RuleError):
    """Mails go to an address, which can be changed but not taken away."""


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """How somebody is reached."""

    email: str = ""
    phone: str = ""
    postal_address: str = ""

    def require_any(self) -> None:
        if not (self.email or self.phone or self.postal_address):
            raise NoContactDetailsError("Enter a postal address, a telephone number or an email address.")


def add_volunteer(call: Call, details: SignUpDetails, *, postal_address: str = "", by: UUID) -> Volunteer:
    """Somebody who offered by post, by telephone or in person; accepted at once. `by`: who was told their consent.

    Raises NotOfferedError, UnreachableError, OfferedBeforeError.
    """
    if Mode.INTERVIEW not in call.participation_modes:
        raise InterviewsNotOfferedError("This call holds no interviews.")
    ContactDetails(details.email, details.phone, postal_address).require_any()
    volunteer, is_new = volunteers.get_or_create_volunteer(call, details, noted_by=by)
    if not is_new:
        raise AlreadySignedUpError(ALREADY_SIGNED_UP_MESSAGE)
    _get_or_create_contact(volunteer).postal_address = clean_text(postal_address).strip()
    audit.record("volunteer added by staff", volunteer)
    volunteers.accept(volunteer)
    return volunteer


ALREADY_SIGNED_UP_MESSAGE = "Somebody has offered to be interviewed for this call from this address already."


def change_contact_details(volunteer: Volunteer, details: ContactDetails) -> None:
    """Another way to reach somebody. A new email address is mailed a fresh link; those to the old one end.

    Raises UnreachableError, AddressNeededError, TooManyLinksError.
    """
    lock_row(volunteer)
    details.require_any()
    contact = _get_or_create_contact(volunteer)
    if contact.email and not details.email:
        raise EmailNotRemovableError("An email address that is known can be changed, but not removed.")
    contact.phone, contact.postal_address = clean_single_line(details.phone), clean_text(details.postal_address).strip()
    db.session.flush()
    if details.email and normalise_email(details.email) != contact.email:
        update_email(volunteer.participant, details.email)
    audit.record("contact changed by staff", volunteer)


def _get_or_create_contact(volunteer: Volunteer) -> Contact:
    if volunteer.participant.contact is None:
        volunteer.participant.contact = Contact()
    return volunteer.participant.contact
