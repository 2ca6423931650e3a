"""Find the rows that an address names, or answer with the right page instead."""

from uuid import UUID

from flask import abort, redirect, url_for

from accounts import people
from accounts.access import current_person, current_person_or_403
from core.database import db
from evidence import calls
from evidence.calls import CallNotFoundError
from evidence.contributions import find_written_contribution
from evidence.models import Call, Contribution, Participant


def published_call_or_404(slug: str) -> Call:
    try:
        return calls.get_published_call(slug)
    except CallNotFoundError:
        abort(404)


def call_or_404(slug: str) -> Call:
    """Also a draft: for coordinators."""
    call = calls.find_call(slug)
    if call is None:
        abort(404)
    return call


def own_written_or_redirect(slug: str) -> Contribution:
    call = published_call_or_404(slug)
    contribution = find_written_contribution(current_person_or_403().id, call)
    if contribution is None:
        abort(redirect(url_for("evidence.start_written", slug=call.slug)))
    return contribution


def open_written_or_redirect(slug: str) -> Contribution:
    contribution = own_written_or_redirect(slug)
    if not calls.is_open(contribution.call):
        abort(redirect(url_for("evidence.read_written", slug=slug)))
    return contribution


def get_current_participant() -> Participant | None:
    person = current_person()
    return None if person is None or person.is_staff else db.session.get(Participant, person.id)


def load_staff_names() -> dict[UUID, str]:
    return {member.id: member.name for member in people.list_staff()}
