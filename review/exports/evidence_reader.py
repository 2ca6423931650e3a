"""Read a call for an export, once for all formats: only what everybody concerned allows to be used for it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import contains_eager, selectinload

from core import clock
from core.database import db
from evidence import consent
from evidence.consent_conditions import allows
from evidence.consent_rules import ConsentLabels
from evidence.labels import FINDING_LABELS, MODE_LABELS, SHORT_RESPONDENT_TYPE_LABELS
from evidence.models import Answer, Call, Contribution, ContributionState, Participant, Site
from interviews.models import Volunteer
from review.exports import call_facts
from review.exports.export_kinds import ExportFormat
from review.exports.export_options import ExportOptions
from review.exports.exported_call import ExportedAnswer, ExportedCall, ExportedContribution, ExportedTranscript
from review.exports.spoken_passages import AcceptedPassages
from review.exports.themes_reader import read_themes
from review.exports.transcripts_reader import list_transcripts
from review.exports.xml_text import clean_for_files
from review.reading.contributions import is_readable
from review.reading.coverage_rank import COVERAGE_RANK
from review.reading.questions import list_call_questions
from transcripts.models import Coverage, CoverageStatus, Transcript

Columns = TypeVarTuple("Columns")
BATCH = 100  # contributions whose transcripts are in memory as rows at the same time


@dataclass(slots=True)
class _Parts:
    """What belongs to each contribution, by its id."""

    answers: defaultdict[UUID, dict[str, ExportedAnswer]]
    coverage: defaultdict[UUID, dict[str, str]]
    sites: dict[UUID, str]
    labels: dict[UUID, ConsentLabels]


def read_call(
    call: Call, options: ExportOptions, on_progress: Callable[[float], object] = lambda _share: None
) -> ExportedCall:
    """`on_progress`: called with the share that is done, 0..1."""
    is_whole = options.format is ExportFormat.JSON
    chosen = _build_conditions(call, options)
    allowed = and_(*(allows(use) for use in options.uses))
    rows = [] if options.format is ExportFormat.QDC else _list_contributions(chosen, allowed)
    matching = 0 if options.format is ExportFormat.QDC else _count(chosen)
    passages = AcceptedPassages.load(and_(*chosen, allowed))
    parts = _load_parts(rows, and_(*chosen, allowed), passages)
    themes = read_themes(call, {row.id for row in rows})
    aims = {aim.key: aim.text for aim in call.aims}
    contributions: list[ExportedContribution] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        transcripts = list_transcripts(batch, options, passages, themes) if options.needs_turns else {}
        contributions += [_build(row, parts, aims, transcripts.get(row.id, ()), is_whole=is_whole) for row in batch]
        on_progress((start + len(batch)) / len(rows))
    return ExportedCall(
        id=call.id,
        title=clean_for_files(call.title),
        slug=call.slug,
        zone=call.zone,
        opens_on=call.opens_on.isoformat(),
        closes_on=call.closes_on.isoformat(),
        made_at=clock.now(),
        purpose=options.purpose.value,
        filters=options.filters.as_query() | ({"reference": options.reference} if options.reference else {}),
        questions=tuple(call_facts.build_question(item) for item in list_call_questions(call)),
        contributions=tuple(contributions),
        left_out=matching - len(rows),
        themes=themes.themes,
        spans=themes.spans,
        quotes=themes.quotes,
        data=call_facts.build_call_data(call) if is_whole else {},
    )


def _build_conditions(call: Call, options: ExportOptions) -> list[ColumnElement[bool]]:
    of_one = [Participant.reference == options.reference] if options.reference else []
    return [Contribution.call_id == call.id, is_readable(), *options.filters.build_conditions(), *of_one]


def _list_contributions(chosen: Sequence[ColumnElement[bool]], allowed: ColumnElement[bool]) -> Sequence[Contribution]:
    query = (
        select(Contribution)
        .join(Contribution.participant)
        .where(*chosen, allowed)
        .options(
            contains_eager(Contribution.participant),
            selectinload(Contribution.area_types),
            selectinload(Contribution.aims),
            selectinload(Contribution.schedule_version),
        )
        .order_by(Contribution.submitted_at.is_(None), Contribution.submitted_at, Participant.reference)
    )
    return db.session.scalars(query).all()


def _count(chosen: Sequence[ColumnElement[bool]]) -> int:
    return db.session.scalar(select(func.count()).select_from(Contribution).join(Participant).where(*chosen)) or 0


def _load_parts(rows: Sequence[Contribution], condition: ColumnElement[bool], passages: AcceptedPassages) -> _Parts:
    return _Parts(_load_answers(condition, passages), _load_coverage(condition), _load_sites(condition), _labels(rows))


def _labels(rows: Sequence[Contribution]) -> dict[UUID, ConsentLabels]:
    return consent.load_labels(rows) if rows else {}


def _load_answers(
    condition: ColumnElement[bool], passages: AcceptedPassages
) -> defaultdict[UUID, dict[str, ExportedAnswer]]:
    answers: defaultdict[UUID, dict[str, ExportedAnswer]] = defaultdict(dict)
    columns = Answer.id, Answer.contribution_id, Answer.question_key, Answer.text, Answer.updated_at
    query = _of_contributions(select(*columns).join(Answer.contribution), condition)
    query = query.where(Contribution.state == ContributionState.SUBMITTED, Answer.text != "")
    for answer_id, contribution_id, key, text, updated_at in db.session.execute(query):
        spoken = passages.list_of_answer(answer_id)
        answers[contribution_id][key] = ExportedAnswer(key, clean_for_files(text), updated_at, spoken)
    return answers


def _load_coverage(condition: ColumnElement[bool]) -> defaultdict[UUID, dict[str, str]]:
    """Of several parts of an interview, the status with the highest rank."""
    found: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    columns = Transcript.contribution_id, Coverage.question_key, Coverage.status
    query = select(*columns).join(Transcript, Transcript.id == Coverage.transcript_id).join(Transcript.contribution)
    for contribution_id, key, status in db.session.execute(
        _of_contributions(query, condition).where(Transcript.is_newest)
    ):
        before = found[contribution_id].get(key, CoverageStatus.NOT_ASKED)
        found[contribution_id][key] = max(status, CoverageStatus(before), key=COVERAGE_RANK.__getitem__).value
    return found


def _load_sites(condition: ColumnElement[bool]) -> dict[UUID, str]:
    query = select(Volunteer.contribution_id, Site.title).join(Site, Site.id == Volunteer.site_id)
    query = query.join(Contribution, Contribution.id == Volunteer.contribution_id)
    return dict(db.session.execute(_of_contributions(query, condition)).all())


def _of_contributions(query: Select[*Columns], condition: ColumnElement[bool]) -> Select[*Columns]:
    return query.join(Participant, Participant.id == Contribution.participant_id).where(condition)


def _build(
    row: Contribution,
    parts: _Parts,
    aims: dict[str, str],
    transcripts: Sequence[ExportedTranscript],
    *,
    is_whole: bool,
) -> ExportedContribution:
    labels = parts.labels[row.id]
    return ExportedContribution(
        id=row.id,
        reference=row.participant.reference,
        mode=row.mode.value,
        mode_label=MODE_LABELS[row.mode],
        respondent_type=SHORT_RESPONDENT_TYPE_LABELS[row.respondent_type] if row.respondent_type else "",
        area_types=tuple(sorted(clean_for_files(one.area_type) for one in row.area_types)),
        finding=FINDING_LABELS[row.finding] if row.finding else "",
        aims=tuple(clean_for_files(aims.get(one.aim_key, one.aim_key)) for one in row.aims),
        site=clean_for_files(parts.sites.get(row.id, "")),
        submitted_at=row.submitted_at,
        quoting=labels.quoting,
        sharing=labels.sharing,
        schedule_version=row.schedule_version.number,
        answers=parts.answers.get(row.id, {}),
        coverage=parts.coverage.get(row.id, {}),
        transcripts=tuple(transcripts),
        data=call_facts.build_contribution_data(row) if is_whole else {},
    )
