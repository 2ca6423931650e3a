"""Whose data is erased, copied or counted: built from the person's rows, before any of them goes."""

from core.personal_data import DataSubject
from evidence.contributions import list_participant_contributions
from evidence.models import Contact, Contribution, Participant


def build_whole_subject(participant: Participant) -> DataSubject:
    contact = participant.contact
    return DataSubject(
        participant.id,
        tuple(row.id for row in list_participant_contributions(participant.id)),
        is_whole=True,
        addresses=_list_addresses(contact),
        names=(participant.reference,),
    )


def build_partial_subject(contribution: Contribution) -> DataSubject:
    return DataSubject(contribution.participant_id, (contribution.id,), is_whole=False)


def _list_addresses(contact: Contact | None) -> tuple[str, ...]:
    if contact is None:
        return ()
    return tuple(address for address in (contact.email, contact.new_email) if address)
