"""What somebody sent from a page whose session had ended. It is put back into the form once they open their link again.

The page carries a signed id of its person, so that nobody else can leave words for them. Callers commit.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select

from core import clock
from core.database import db
from core.settings import current_settings
from evidence.models import Participant, UnsavedForm

OWNER_FIELD = "kept_for"
SALT = "owner of a form"
LIFETIME = timedelta(days=30)
NOT_KEPT = {"csrf_token", OWNER_FIELD}


def sign_owner(participant_id: UUID) -> str:
    return str(_build_serializer().dumps(participant_id.hex))


def keep_form(owner: str, path: str, fields: Sequence[tuple[str, str]]) -> bool:
    """The newest of a page. False if `owner` is not signed by us, or the person is no longer here."""
    with suppress(BadSignature, ValueError):
        participant_id = UUID(_build_serializer().loads(owner))
        if db.session.get(Participant, participant_id) is not None:
            discard_form(participant_id, path)
            kept = [[name, text] for name, text in fields if name not in NOT_KEPT]
            row = UnsavedForm(participant_id=participant_id, path=path, fields=kept, posted_at=clock.now())
            db.session.add(row)
            db.session.flush()
            return True
    return False


def find_form(participant_id: UUID, path: str) -> UnsavedForm | None:
    return db.session.get(UnsavedForm, (participant_id, path))


def find_newest_path(participant_id: UUID) -> str | None:
    query = select(UnsavedForm.path).where(UnsavedForm.participant_id == participant_id)
    return db.session.scalars(query.order_by(UnsavedForm.posted_at.desc()).limit(1)).first()


def discard_form(participant_id: UUID, path: str) -> None:
    own = (UnsavedForm.participant_id == participant_id, UnsavedForm.path == path)
    db.session.execute(delete(UnsavedForm).where(*own))


def delete_old_forms() -> None:
    db.session.execute(delete(UnsavedForm).where(UnsavedForm.posted_at < clock.now() - LIFETIME))


def _build_serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_settings().secret_key, salt=SALT)
