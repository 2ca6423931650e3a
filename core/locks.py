"""Lock a row until the transaction ends. On SQLite a writer locks the whole database anyway."""

from sqlalchemy import select

from core.database import UuidModel, db


def lock_row(row: UuidModel, *, is_shared: bool = False) -> None:
    """Lock a row and reload it; rows that point to it can still be added. `is_shared`: others may share the lock."""
    kind = type(row)
    db.session.execute(
        select(kind.id).where(kind.id == row.id).with_for_update(read=is_shared, key_share=not is_shared)
    )
    db.session.refresh(row)
