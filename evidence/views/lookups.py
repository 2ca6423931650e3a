"""Find the rows that an address names, or answer with the right page instead."""

from uuid import UUID

from flask import abort, redirect, request, url_for

from accounts import people
from accounts.access import current_person, current_person_or_403
from core.database import db
from evidence import calls
from evidence.calls import CallNotFoundError
from evidence.contributions import find_written_contribution
from evidence.models import Call, Contribution, Participant
from evidence.schedule import Section


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
    _refuse_words_of_another_page(contribution)
    if contribution is None:
        abort(redirect(url_for("evidence.start_written", slug=call.slug)))
    return contribution


def open_written_or_redirect(slug: str) -> Contribution:
    contribution = own_written_or_redirect(slug)
    if not calls.is_open(contribution.call):
        abort(redirect(url_for("evidence.read_written", slug=slug)))
    return contribution


def section_or_404(contribution: Contribution, key: str) -> Section:
    try:
        return calls.get_schedule(contribution.schedule_version).get_section(key)
    except KeyError:
        abort(404)


def get_current_participant() -> Participant | None:
    person = current_person()
    return None if person is None or person.is_staff else db.session.get(Participant, person.id)


def _refuse_words_of_another_page(contribution: Contribution | None) -> None:
    """On a shared computer somebody else may have opened their link while the form was open."""
    typed_for = request.form.get("contribution")
    if typed_for and (contribution is None or typed_for != str(contribution.id)):
        abort(403)


def load_staff_names() -> dict[UUID, str]:
    return {member.id: member.name for member in people.list_staff()}
