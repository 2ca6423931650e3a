"""Who opened what: one row for each person, page, thing and hour, with a count. Also what was refused.

Every page with a participant's words declares itself as an exit, and is recorded for that; pages with contact details
or emails say `@records_view`. Written after the answer, in a transaction of its own: pages only read.
"""

import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from uuid import UUID, uuid4

from flask import Response, current_app, g, request
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from accounts import sessions
from accounts.access import Person
from accounts.models import AccessRecord, StaffSession
from core import clock
from core.database import begin_writing
from core.exits import ExitAudience, find_exit

P = ParamSpec("P")
R = TypeVar("R")
NOTHING = UUID(int=0)
REFUSED = "refused: "
FORBIDDEN = 403
FIRST_ERROR = 400
FIRST_SERVER_ERROR = 500

log = logging.getLogger(__name__)


def records_view(view: Callable[P, R]) -> Callable[P, R]:
    view.records_view = True  # type: ignore[attr-defined]  # read after each request
    return view


def is_recorded(endpoint: str) -> bool:
    view = current_app.view_functions[endpoint]
    words = find_exit(view)
    return hasattr(view, "records_view") or (words is not None and words.audience is ExitAudience.STAFF)


def record_access(response: Response) -> Response:
    if response.status_code >= FIRST_SERVER_ERROR:  # nothing was shown, and the database may be why
        return response
    _note_use()
    person: Person | None = g.get("person")
    if person is None or not person.is_staff or request.endpoint is None:
        return response
    if response.status_code == FORBIDDEN:
        _count(person.id, REFUSED + request.endpoint)
    elif response.status_code < FIRST_ERROR and is_recorded(request.endpoint):
        _count(person.id, request.endpoint)
    return response


def _note_use() -> None:
    """Parts of pages that refresh themselves keep nobody signed in."""
    row: StaffSession | None = g.get("staff_session")
    is_poll = request.method == "GET" and "HX-Request" in request.headers
    if row is None or is_poll or request.endpoint == "static":
        return
    try:
        sessions.note_use(row.id, row.last_seen_at)
    except SQLAlchemyError:
        log.exception("The use of a session could not be recorded.")


def _count(actor_id: UUID, action: str) -> None:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    key = {"actor_id": actor_id, "action": action, "subject_id": _get_subject_id(), "hour": hour}
    try:
        if not _increase(key) and not _add(key):
            _increase(key)  # added elsewhere at the same moment
    except SQLAlchemyError:
        log.exception("A view could not be recorded: %s", action)


def _increase(key: dict[str, object]) -> bool:
    own = [getattr(AccessRecord, name) == value for name, value in key.items()]
    with begin_writing() as connection:
        changed = connection.execute(update(AccessRecord).where(*own).values(count=AccessRecord.count + 1))
    return bool(changed.rowcount)


def _add(key: dict[str, object]) -> bool:
    try:
        with begin_writing() as connection:
            connection.execute(insert(AccessRecord).values(id=uuid4(), count=1, **key))
    except IntegrityError:
        return False
    return True


def _get_subject_id() -> UUID:
    """The last part of the address that names a row."""
    for value in reversed((request.view_args or {}).values()):
        if isinstance(value, UUID):
            return value
        if isinstance(value, int):
            return UUID(int=value)
    return NOTHING
