"""The text of a segment is never updated: corrections are rows beside it.

A whole transcript may still be deleted: people may withdraw.
"""

from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from transcripts.models import Segment


class ImmutableTextError(RuntimeError): ...


@event.listens_for(Segment, "before_update")
def _refuse_row_update(_mapper: Mapper[Any], _connection: Connection, segment: Segment) -> None:
    state = inspect(segment)
    changed = sorted(
        column.key for column in state.mapper.column_attrs if state.attrs[column.key].history.has_changes()
    )
    if changed:
        raise ImmutableTextError(f"A segment is never changed ({', '.join(changed)}): add a correction instead.")


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk_update(execution: ORMExecuteState) -> None:
    if execution.is_update and execution.bind_mapper is not None and execution.bind_mapper.class_ is Segment:
        raise ImmutableTextError("Segments are never changed: add corrections instead.")
