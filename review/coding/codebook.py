"""The codebook of a call: add, edit, move, merge, split and retire themes, with their history. Callers commit."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.models import Call
from review.models import CodedSpan, Theme, ThemeAction, ThemeChange, ThemeColour, ThemePattern

MAX_DEPTH = 6
STYLES = [(colour, pattern) for pattern in ThemePattern for colour in ThemeColour]


class ThemeNameTakenError(RuleError): ...


class ThemeRetiredError(RuleError): ...


class ThemeOrderError(RuleError): ...


@dataclass(frozen=True, slots=True)
class ThemeDetails:
    name: str
    definition: str = ""
    when_to_use: str = ""
    when_not_to_use: str = ""
    example: str = ""
    colour: ThemeColour | None = None  # None: the next one that is free
    pattern: ThemePattern | None = None


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """One theme in the order of the codebook."""

    theme: Theme
    depth: int

    @property
    def id(self) -> UUID:
        return self.theme.id


def create_theme(
    call: Call,
    details: ThemeDetails,
    parent: Theme | None = None,
    *,
    by: UUID | None,
    action: ThemeAction = ThemeAction.CREATED,
) -> Theme:
    lock_row(call, is_shared=False)
    _require_active(parent)
    colour, pattern = _choose_style(call, details)
    theme = Theme(
        call_id=call.id,
        parent_id=parent.id if parent else None,
        position=_find_next_position(call, parent),
        colour=colour,
        pattern=pattern,
        created_at=clock.now(),
        created_by=by,
        **_read_texts(details),
    )
    _require_depth(theme, parent)
    _add_with_unused_name(theme)
    note_change(theme, action, {}, _describe(theme), by)
    return theme


def edit_theme(theme: Theme, details: ThemeDetails, *, by: UUID) -> None:
    lock_row(theme)
    _require_active(theme)
    before = _describe(theme)
    values = _read_texts(details) | {
        "colour": details.colour or theme.colour,
        "pattern": details.pattern or theme.pattern,
    }
    _set_with_unused_name(theme, values)
    after = _describe(theme)
    changed = {name for name in after if after[name] != before[name]}
    if changed:
        note_change(
            theme,
            ThemeAction.EDITED,
            {name: before[name] for name in changed},
            {name: after[name] for name in changed},
            by,
        )


def move_theme(theme: Theme, parent: Theme | None, *, by: UUID) -> None:
    """To the end of another theme's list, or of the codebook."""
    lock_row(theme.call)
    _require_active(theme)
    _require_active(parent)
    if parent is not None and theme.id in {row.id for row in list_ancestors(parent)}:
        raise ThemeOrderError("A theme cannot be moved below itself or below one of its own themes.")
    before = _name_parent(theme)
    theme.position, theme.parent_id = _find_next_position(theme.call, parent), parent.id if parent else None
    _require_depth(theme, parent)
    db.session.flush()
    note_change(theme, ThemeAction.MOVED, {"parent": before}, {"parent": _name_parent(theme)}, by)


def merge_themes(theme: Theme, into: Theme, *, by: UUID) -> int:
    """Its words and the themes below it go to the other; it is retired. Returns how many spans were moved."""
    lock_row(theme.call)
    _require_active(theme)
    _require_active(into)
    if theme.id in {row.id for row in list_ancestors(into)}:
        raise ThemeOrderError("A theme cannot be merged into itself or into one of its own themes.")
    spans = list(db.session.scalars(select(CodedSpan).where(CodedSpan.theme_id == theme.id)))
    for span in spans:
        span.theme_id = into.id
    for child in list_children(theme):
        child.parent_id = into.id
    theme.retired_at, theme.merged_into_id = clock.now(), into.id
    db.session.flush()
    note_change(theme, ThemeAction.MERGED, {}, {"into": into.name, "spans": len(spans)}, by)
    note_change(into, ThemeAction.MERGED, {}, {"from": theme.name, "spans": len(spans)}, by)
    return len(spans)


def split_theme(theme: Theme, span_ids: set[UUID], details: ThemeDetails, *, by: UUID) -> Theme:
    """A new theme beside it takes some of its words."""
    lock_row(theme.call)
    _require_active(theme)
    spans = db.session.scalars(select(CodedSpan).where(CodedSpan.theme_id == theme.id, CodedSpan.id.in_(span_ids)))
    moved = list(spans)
    if not moved:
        raise ThemeOrderError("Select at least one passage for the new theme.")
    parent = db.session.get(Theme, theme.parent_id) if theme.parent_id else None
    new = create_theme(theme.call, details, parent, by=by, action=ThemeAction.SPLIT)
    for span in moved:
        span.theme_id = new.id
    db.session.flush()
    note_change(theme, ThemeAction.SPLIT, {}, {"into": new.name, "spans": len(moved)}, by)
    return new


def retire_theme(theme: Theme, *, by: UUID) -> None:
    """It is not offered any more. What was coded stays."""
    lock_row(theme)
    _require_active(theme)
    if list_children(theme):
        raise ThemeOrderError("Move or retire the themes below it first.")
    theme.retired_at = clock.now()
    db.session.flush()
    note_change(theme, ThemeAction.RETIRED, {}, {}, by)


def revive_theme(theme: Theme, *, by: UUID) -> None:
    lock_row(theme)
    if theme.retired_at is None:
        return
    parent = db.session.get(Theme, theme.parent_id) if theme.parent_id else None
    values: dict[str, Any] = {"retired_at": None, "merged_into_id": None}
    if parent is not None and parent.retired_at is not None:
        values["parent_id"] = None
    _set_with_unused_name(theme, values)
    note_change(theme, ThemeAction.REVIVED, {}, {}, by)


def list_themes(call: Call, *, with_retired: bool = False) -> list[ThemeLine]:
    """In the order of the codebook, each below its parent."""
    query = select(Theme).where(Theme.call_id == call.id)
    rows = db.session.scalars(query.order_by(Theme.position, Theme.name, Theme.id)).all()
    shown = [row for row in rows if with_retired or row.retired_at is None]
    ids = {row.id for row in shown}
    children: dict[UUID | None, list[Theme]] = {}
    for row in shown:
        children.setdefault(row.parent_id if row.parent_id in ids else None, []).append(row)
    return _walk(children, None, 0)


def list_ancestors(theme: Theme) -> list[Theme]:
    """The theme itself, then those above it."""
    found = [theme]
    while (parent_id := found[-1].parent_id) is not None and len(found) <= MAX_DEPTH + 1:
        found.append(db.session.get_one(Theme, parent_id))
    return found


def list_children(theme: Theme) -> list[Theme]:
    query = select(Theme).where(Theme.parent_id == theme.id, Theme.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(Theme.position)))


def name_path(theme: Theme) -> str:
    return " › ".join(row.name for row in reversed(list_ancestors(theme)))


def note_change(
    theme: Theme, action: ThemeAction, before: dict[str, Any], after: dict[str, Any], by: UUID | None
) -> None:
    newest = db.session.scalar(select(func.max(ThemeChange.number)).where(ThemeChange.theme_id == theme.id)) or 0
    row = ThemeChange(theme_id=theme.id, number=newest + 1, action=action, made_at=clock.now(), made_by=by)
    row.before, row.after = before, after
    db.session.add(row)
    db.session.flush()
    audit.record(f"theme {action.value}", theme)


def _walk(children: dict[UUID | None, list[Theme]], parent_id: UUID | None, depth: int) -> list[ThemeLine]:
    lines: list[ThemeLine] = []
    for theme in children.get(parent_id, []):
        lines += [ThemeLine(theme, depth), *_walk(children, theme.id, depth + 1)]
    return lines


def _read_texts(details: ThemeDetails) -> dict[str, Any]:
    texts = {name: text for name, text in asdict(details).items() if name not in {"colour", "pattern"}}
    return texts | {"name_key": make_name_key(details.name)}


def make_name_key(name: str) -> str:
    return name.casefold().strip()


def _choose_style(call: Call, details: ThemeDetails) -> tuple[ThemeColour, ThemePattern]:
    rows = db.session.execute(select(Theme.colour, Theme.pattern).where(Theme.call_id == call.id))
    used = Counter((colour, pattern) for colour, pattern in rows)
    fitting = [
        (colour, pattern)
        for colour, pattern in STYLES
        if colour is (details.colour or colour) and pattern is (details.pattern or pattern)
    ]
    of_colour = Counter(colour for colour, _ in used.elements())
    return min(fitting, key=lambda style: (used[style], of_colour[style[0]]))


def _find_next_position(call: Call, parent: Theme | None) -> int:
    same = Theme.parent_id == parent.id if parent else Theme.parent_id.is_(None)
    highest = db.session.scalar(select(func.max(Theme.position)).where(Theme.call_id == call.id, same))
    return 0 if highest is None else highest + 1


def _require_active(theme: Theme | None) -> None:
    if theme is not None and theme.retired_at is not None:
        raise ThemeRetiredError(f"The theme “{theme.name}” was retired. Bring it back first.")


def _require_depth(theme: Theme, parent: Theme | None) -> None:
    if parent is not None and len(list_ancestors(parent)) >= MAX_DEPTH:
        raise ThemeOrderError(f"“{theme.name}” would be more than {MAX_DEPTH} levels deep. Choose a theme higher up.")


def _add_with_unused_name(theme: Theme) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(theme)
    except IntegrityError as error:
        raise ThemeNameTakenError(_explain_taken(theme.name)) from error


def _set_with_unused_name(theme: Theme, values: dict[str, Any]) -> None:
    name = values.get("name", theme.name)
    try:
        with db.session.begin_nested():
            for column, value in values.items():
                setattr(theme, column, value)
    except IntegrityError as error:
        raise ThemeNameTakenError(_explain_taken(name)) from error


def _explain_taken(name: str) -> str:
    return f"This call already has a theme called “{name}”. Choose another name."


def _describe(theme: Theme) -> dict[str, Any]:
    names = ("name", "definition", "when_to_use", "when_not_to_use", "example")
    return {name: getattr(theme, name) for name in names} | {
        "colour": theme.colour.value,
        "pattern": theme.pattern.value,
    }


def _name_parent(theme: Theme) -> str:
    parent = db.session.get(Theme, theme.parent_id) if theme.parent_id else None
    return parent.name if parent else ""
