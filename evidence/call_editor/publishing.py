"""What publishing a draft would change: for the public, and for the answers that are here."""

from dataclasses import dataclass

from sqlalchemy import func, select

from core.database import db
from evidence import calls
from evidence.call_editor.schedule_changes import QuestionChange, compare_schedules
from evidence.call_json import CallDraft, call_to_json
from evidence.call_page import TEXT_NAMES
from evidence.models import Answer, Call, Contribution, ContributionState
from evidence.schedule import Schedule

CHANGED_PART_TITLES = {
    "title": "Title",
    **dict.fromkeys(TEXT_NAMES, "What it is about"),
    "documents": "Related documents",
    "asking": "Who is asking",
    "opens_on": "First day",
    "closes_on": "Last day",
    "zone": "Time zone",
    "interview_minutes": "Length of interviews",
    "aims": "Aims",
    "places": "Kinds of place",
    "background_questions": "Background questions",
    "sites": "Sites",
    "ways": "Ways to take part",
    "consent": "Permissions we ask for",
    "glossary": "Names and terms",
    "language": "Language of interviews",
}


@dataclass(frozen=True, slots=True)
class PublishingPlan:
    is_first: bool
    changed_parts: tuple[str, ...]
    question_changes: tuple[tuple[QuestionChange, int], ...]  # with the number of answers that are here
    makes_version: int | None  # None: the questions stay as they are
    begun: int  # contributions, which stay on the version they began with


def describe_publishing(call: Call) -> PublishingPlan:
    live, draft = calls.read_live(call), calls.read_draft(call)
    if live is None:
        return PublishingPlan(True, (), (), len(call.versions) + 1, 0)
    counts = count_answers(call)
    changes = compare_schedules(live.schedule, draft.schedule)
    return PublishingPlan(
        is_first=False,
        changed_parts=_list_changed_parts(live, draft),
        question_changes=tuple((change, counts.get(change.answered_key, 0)) for change in changes),
        makes_version=len(call.versions) + 1 if _has_changed(live.schedule, draft.schedule) else None,
        begun=_count_begun(call),
    )


def count_answers(call: Call) -> dict[str, int]:
    """By question, of what was sent."""
    query = (
        select(Answer.question_key, func.count())
        .join(Contribution)
        .where(
            Contribution.call_id == call.id,
            Contribution.state == ContributionState.SUBMITTED,
            Answer.text != "",
        )
        .group_by(Answer.question_key)
    )
    return dict(db.session.execute(query).all())


def _count_begun(call: Call) -> int:
    begun = (Contribution.call_id == call.id, Contribution.state == ContributionState.DRAFT)
    return db.session.scalar(select(func.count()).select_from(Contribution).where(*begun)) or 0


def _has_changed(live: Schedule, draft: Schedule) -> bool:
    return live != draft


def _list_changed_parts(live: CallDraft, draft: CallDraft) -> tuple[str, ...]:
    before, after = call_to_json(live), call_to_json(draft)
    changed = (title for name, title in CHANGED_PART_TITLES.items() if before.get(name) != after.get(name))
    return tuple(dict.fromkeys(changed))
