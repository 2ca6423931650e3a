"""Hold a row against others until the transaction ends. On SQLite whoever writes holds the whole database anyway."""

from sqlalchemy import select

from core.database import UuidModel, db


def lock_row(row: UuidModel, *, is_shared: bool = False) -> None:
    """Lock a row and read it as it is now. `shared`: others may hold it too, but nobody may change it.

    Rows that only point to it may still be added meanwhile (PostgreSQL: FOR NO KEY UPDATE): whoever offers somebody a
    place would else wait for them, while they wait for a session.
    """
    kind = type(row)
    db.session.execute(
        select(kind.id).where(kind.id == row.id).with_for_update(read=is_shared, key_share=not is_shared)
    )
    db.session.refresh(row)
