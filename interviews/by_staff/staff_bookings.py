"""Staff act for people who do not use the pages: add them, keep how they are reached. Callers commit.

Times are booked for them in bookings.py; letters are in letters.py.
"""

from dataclasses import dataclass
from uuid import UUID

from accounts import audit
from core.database import db
from core.errors import RuleError
from evidence.models import Call, Contact, Mode
from evidence.participants import move_to_address
from evidence.words import cleaned, normal_address, one_line
from interviews import volunteers
from interviews.holding import hold
from interviews.models import Volunteer
from interviews.volunteers import NotOfferedError, Offer


class OfferedBeforeError(RuleError):
    """Somebody has offered to be interviewed for the call from this address."""


class UnreachableError(RuleError):
    """Nobody could tell the person when their interview is."""


class AddressNeededError(RuleError):
    """Mails go to an address, which can be changed but not taken away."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody is reached."""

    email: str = ""
    phone: str = ""
    postal_address: str = ""

    def require_some(self) -> None:
        if not (self.email or self.phone or self.postal_address):
            raise UnreachableError("Enter a postal address, a telephone number or an email address.")


def add_volunteer(call: Call, offer: Offer, *, postal_address: str = "", by: UUID) -> Volunteer:
    """Somebody who offered by post, by telephone or in person; accepted at once. `by`: who was told their consent.

    Raises NotOfferedError, UnreachableError, OfferedBeforeError.
    """
    if Mode.INTERVIEW not in call.ways:
        raise NotOfferedError("This call holds no interviews.")
    Reach(offer.email, offer.phone, postal_address).require_some()
    volunteer, is_new = volunteers.found_or_enrolled(call, offer, noted_by=by)
    if not is_new:
        raise OfferedBeforeError(OFFERED_BEFORE)
    _contact(volunteer).postal_address = cleaned(postal_address).strip()
    audit.record("volunteer added by staff", volunteer)
    volunteers.accept(volunteer)
    return volunteer


OFFERED_BEFORE = "Somebody has offered to be interviewed for this call from this address already."


def change_reach(volunteer: Volunteer, reach: Reach) -> None:
    """Another way to reach somebody. A new email address is mailed a fresh link; those to the old one end.

    Raises UnreachableError, AddressNeededError, TooManyLinksError.
    """
    hold(volunteer)
    reach.require_some()
    contact = _contact(volunteer)
    if contact.email and not reach.email:
        raise AddressNeededError("An email address that is known can be changed, but not removed.")
    contact.phone, contact.postal_address = one_line(reach.phone), cleaned(reach.postal_address).strip()
    db.session.flush()
    if reach.email and normal_address(reach.email) != contact.email:
        move_to_address(volunteer.participant, reach.email)
    audit.record("contact changed by staff", volunteer)


def _contact(volunteer: Volunteer) -> Contact:
    if volunteer.participant.contact is None:
        volunteer.participant.contact = Contact()
    return volunteer.participant.contact
