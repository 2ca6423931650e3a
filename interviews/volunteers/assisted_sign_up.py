"""Staff add people who do not use the pages, and change how anybody is contacted. Callers commit."""

from dataclasses import dataclass
from uuid import UUID

from accounts import audit
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from core.text_cleaning import clean_single_line, clean_text, normalise_email
from evidence.email_changes import EmailChange, request_change
from evidence.models import Call, Contact, Mode
from interviews.models import Volunteer
from interviews.volunteers import volunteers
from interviews.volunteers.volunteers import InterviewsNotOfferedError, SignUpDetails


class AlreadySignedUpError(RuleError): ...


class NoContactDetailsError(RuleError): ...


class EmailNotRemovableError(RuleError): ...


@dataclass(frozen=True, slots=True)
class ContactDetails:
    email: str = ""
    phone: str = ""
    postal_address: str = ""

    def require_any(self) -> None:
        if not (self.email or self.phone or self.postal_address):
            raise NoContactDetailsError("Enter a postal address, a phone number or an email address.")


def add_volunteer(call: Call, details: SignUpDetails, *, postal_address: str = "", by: UUID) -> Volunteer:
    """Accepted at once. `by`: who recorded the consent.

    Raises InterviewsNotOfferedError, NoContactDetailsError, AlreadySignedUpError.
    """
    if Mode.INTERVIEW not in call.participation_modes:
        raise InterviewsNotOfferedError("This call for evidence does not have interviews.")
    ContactDetails(details.email, details.phone, postal_address).require_any()
    volunteer, is_new = volunteers.get_or_create_volunteer(call, details, noted_by=by)
    if not is_new:
        raise AlreadySignedUpError("There is already an offer from this email address.")
    _get_or_create_contact(volunteer).postal_address = clean_text(postal_address).strip()
    audit.record("volunteer added by staff", volunteer)
    volunteers.accept(volunteer)
    return volunteer


def change_contact_details(volunteer: Volunteer, details: ContactDetails) -> EmailChange:
    """A new email address is used once the person has confirmed it.

    Raises NoContactDetailsError, EmailNotRemovableError, TooManyMailsError.
    """
    lock_row(volunteer)
    details.require_any()
    contact = _get_or_create_contact(volunteer)
    if contact.email and not details.email:
        raise EmailNotRemovableError("You can change the email address, but not remove it.")
    contact.phone, contact.postal_address = clean_single_line(details.phone), clean_text(details.postal_address).strip()
    db.session.flush()
    audit.record("contact changed by staff", volunteer)
    if details.email and normalise_email(details.email) != contact.email:
        return request_change(volunteer.participant, details.email)
    return EmailChange.UNCHANGED


def _get_or_create_contact(volunteer: Volunteer) -> Contact:
    if volunteer.participant.contact is None:
        volunteer.participant.contact = Contact()
    return volunteer.participant.contact
