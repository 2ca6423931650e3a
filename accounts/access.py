"""The person of the current session, `@public` and `@requires`. Permissions: roles.py."""

import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from flask import abort, current_app, g, has_request_context, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden

from accounts import sessions
from accounts.expired_forms import render_expired_form
from accounts.links import is_link_valid
from accounts.models import AccessLink, LinkPurpose, StaffMember, StaffSession
from accounts.roles import STAFF_PERMISSIONS, Permission, Role, get_permissions
from core import clock
from core.database import db
from core.settings import current_settings
from core.typed_fields import list_typed_fields

P = ParamSpec("P")
R = TypeVar("R")
STAFF_SESSION_KEY = "staff_session"
LINK_SESSION_KEY = "link_id"
MAILED_SESSION_KEY = "mailed_to"  # the participant whose mailed link was opened in this browser
RENEWAL_SESSION_KEY = "renewed_at"
RENEWAL_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Person:
    """Who sends this request: staff by account, a participant by link."""

    id: UUID
    name: str
    roles: frozenset[Role]

    @property
    def is_staff(self) -> bool:
        return Role.PARTICIPANT not in self.roles

    def may(self, permission: Permission | str) -> bool:
        return Permission(permission) in get_permissions(self.roles)


def current_person() -> Person | None:
    """None for inactive staff and for participants whose link no longer works."""
    if "person" not in g:
        g.person = _find_staff_in_session() or _find_participant_in_session()
    person: Person | None = g.person
    return person


def current_person_or_403() -> Person:
    person = current_person()
    if person is None:
        abort(403)
    return person


def begin_staff_session(member: StaffMember, *, is_verified: bool) -> None:
    """`is_verified`: without a second factor to come."""
    session.clear()
    browser = request.user_agent.string if has_request_context() else ""
    session[STAFF_SESSION_KEY] = sessions.begin(member.id, browser=browser, is_verified=is_verified)
    session.permanent = True
    _forget_person()


def current_staff_session() -> StaffSession | None:
    """Also one that waits for the second factor."""
    if "staff_session" not in g:
        token = session.get(STAFF_SESSION_KEY)
        g.staff_session = sessions.find_open(token) if isinstance(token, str) and token else None
    row: StaffSession | None = g.staff_session
    return row


def find_member_to_verify() -> StaffMember | None:
    """Who has opened the emailed link and still has to show the second factor."""
    row = current_staff_session()
    if row is None or row.verified_at is not None:
        return None
    member = db.session.get(StaffMember, row.staff_member_id)
    return member if member is not None and member.is_active else None


def has_other_session(link: AccessLink) -> bool:
    """Somebody else is signed in in this browser, whose session would end."""
    person = current_person()
    return person is not None and person.id != link.subject_id


def begin_participant_session(link: AccessLink) -> None:
    """Ends a staff session in the same browser. A session of the same person continues, so that a half-filled form in
    another tab does not expire.
    """
    person = current_person()
    if person is None or person.id != link.subject_id:
        session.clear()
    session[LINK_SESSION_KEY] = str(link.id)
    _forget_person()


def ask_before_opening(link: AccessLink) -> str | None:
    """The page that asks, while another person's session is open here and the button was not pressed."""
    if request.method == "POST" or not has_other_session(link):
        return None
    return render_template("accounts/confirm_other_person.html", person=current_person())


def begin_session_by_mail(link: AccessLink) -> None:
    """For somebody who opened a link that we mailed. Other sessions belong to someone who only typed an address."""
    begin_participant_session(link)
    session[MAILED_SESSION_KEY] = str(link.subject_id)


def has_opened_mailed_link(participant_id: UUID) -> bool:
    return session.get(MAILED_SESSION_KEY) == str(participant_id)


def renew_participant_session() -> None:
    """Its cookie ends with the browser, but its signature is only accepted for some hours. The session of staff is
    renewed by Flask. Not at each request, so that a late answer does not bring back a session that was left.
    """
    now = int(clock.now().timestamp())
    if LINK_SESSION_KEY in session and now - session.get(RENEWAL_SESSION_KEY, 0) >= RENEWAL_SECONDS:
        session[RENEWAL_SESSION_KEY] = now


def answer_expired_form(_error: CSRFError) -> ResponseReturnValue:
    access: Any = getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)
    person = current_person() if isinstance(access, Permission) else None
    return render_expired_form(access, has_access=person is not None and person.may(access))


def get_session_mark() -> str:
    """Tells pages of one person from another's in the same browser, and says nothing else."""
    subject = session.get(STAFF_SESSION_KEY) or session.get(LINK_SESSION_KEY) or ""
    key = current_settings().secret_key.encode()
    return hmac.new(key, f"session mark:{subject}".encode(), "sha256").hexdigest()[:16] if subject else ""


def end_session() -> None:
    """The row too, so that a copied cookie opens nothing."""
    row = current_staff_session()
    if row is not None:
        sessions.end(row)
    session.clear()
    _forget_person()


def public(view: Callable[P, R]) -> Callable[P, R]:
    view.access = "public"  # type: ignore[attr-defined]  # read by the guard test and by abort_unless_access_declared
    return view


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    def guard(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
            person = current_person()
            if person is not None and person.may(permission):
                return view(*args, **kwargs)
            return _refuse_access(person, permission)

        guarded.access = permission  # type: ignore[attr-defined]  # read by the guard test and by abort_unless_access_declared
        return guarded

    return guard


def _refuse_access(person: Person | None, permission: Permission) -> ResponseReturnValue:
    if list_typed_fields() and (person is None or permission not in STAFF_PERMISSIONS):
        return render_expired_form(permission, has_access=False)
    if permission not in STAFF_PERMISSIONS:
        return redirect(url_for("evidence.request_link"))
    if find_member_to_verify() is not None:
        return redirect(url_for("accounts.enter_second_factor"))
    if person is None or not person.is_staff:
        next_path = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=next_path))
    raise Forbidden


def abort_unless_access_declared(view: Callable[..., Any] | None) -> None:
    if view is not None and not hasattr(view, "access"):
        abort(500)


def _find_staff_in_session() -> Person | None:
    row = current_staff_session()
    member = db.session.get(StaffMember, row.staff_member_id) if row is not None and row.verified_at else None
    if member is None or not member.is_active:
        return None
    return Person(member.id, member.name, frozenset(row.role for row in member.roles))


def _forget_person() -> None:
    g.pop("person", None)
    g.pop("staff_session", None)


def _find_participant_in_session() -> Person | None:
    link_id = _parse_uuid(session.get(LINK_SESSION_KEY))
    link = db.session.get(AccessLink, link_id) if link_id else None
    if link is None or link.purpose is not LinkPurpose.OWN_PAGE or not is_link_valid(link):
        return None
    return Person(link.subject_id, "", frozenset({Role.PARTICIPANT}))


def _parse_uuid(text: str | None) -> UUID | None:
    with suppress(ValueError, TypeError):
        return UUID(text)
    return None
