"""Rebuild a call from an export's JSON (docs/formats.md) in an installation that does not have it. Callers commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from accounts import audit
from core.database import db
from core.errors import RuleError
from evidence import calls
from evidence.consent_terms import ConsentUse
from evidence.models import (
    Answer,
    AnswerVersion,
    Call,
    ConsentDecision,
    Contribution,
    ContributionAim,
    ContributionAreaType,
    ContributionState,
    Finding,
    Mode,
    Participant,
    RespondentType,
)
from review.exports.json_files import FORMAT_NAME, FORMAT_VERSION
from review.exports.transcript_rebuilding import rebuild_transcript

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


class NotAnExportError(RuleError): ...


class CallExistsError(RuleError): ...


@dataclass(frozen=True, slots=True)
class RebuiltCall:
    call: Call
    contributions: int


def rebuild_call(data: Any) -> RebuiltCall:
    """Raises NotAnExportError, CallExistsError, CallFileError."""
    _require_format(data)
    call = _rebuild_schedules(data)
    versions = {version.number: version.id for version in call.versions}
    for number, item in enumerate(data["contributions"], 1):
        try:
            _rebuild_contribution(call, item, versions)
        except UNREADABLE as error:
            raise NotAnExportError(
                f"Contribution {number} of this file is not as an export writes it ({type(error).__name__}: {error})."
                " Nothing was imported."
            ) from error
    db.session.flush()
    audit.record("export imported", call, contributions=len(data["contributions"]))
    return RebuiltCall(call, len(data["contributions"]))


def _require_format(data: Any) -> None:
    if not isinstance(data, Mapping) or data.get("format") != FORMAT_NAME:
        raise NotAnExportError("This is not an export: it does not say “format”: “listening-post-export”.")
    if data.get("version") != FORMAT_VERSION:
        raise NotAnExportError(f"This export has version {data.get('version')}. This program reads {FORMAT_VERSION}.")
    if not isinstance(data.get("call"), Mapping) or not isinstance(data.get("contributions"), list):
        raise NotAnExportError("This export has no “call” or no “contributions”.")


def _rebuild_schedules(data: Mapping[str, Any]) -> Call:
    schedules = data["call"].get("schedules")
    if not isinstance(schedules, list) or not schedules or not all(isinstance(one, Mapping) for one in schedules):
        raise NotAnExportError("The call of this export has no “schedules”.")
    if calls.find_call(str(data["call"].get("slug"))) is not None:
        raise CallExistsError("This installation already has this call. Import it into one that does not have it.")
    for schedule in schedules:
        call = calls.load_draft({**data["call"], "schedule": schedule}, folder=Path("/nonexistent"))
        calls.publish(call)
    db.session.expire(call, ["versions"])
    return call


def _rebuild_contribution(call: Call, item: Mapping[str, Any], versions: Mapping[int, Any]) -> None:
    participant = _find_or_add_participant(str(item["reference"]), _parse_time(item["created_at"]))
    row = Contribution(
        call_id=call.id,
        participant_id=participant.id,
        schedule_version_id=versions[item["schedule"]],
        mode=Mode(item["mode"]),
        state=ContributionState(item["state"]),
        respondent_type=RespondentType(item["given_as"]) if item["given_as"] else None,
        finding=Finding(item["shows"]) if item["shows"] else None,
        created_at=_parse_time(item["created_at"]),
        submitted_at=_parse_time(item["submitted_at"]) if item["submitted_at"] else None,
    )
    row.area_types = [ContributionAreaType(area_type=str(kind)) for kind in item["places"]]
    row.aims = [ContributionAim(aim_key=str(key)) for key in item["aims"]]
    db.session.add(row)
    db.session.flush()
    _add_decisions(participant, call, item["consent"])
    answers = {one["question"]: _add_answer(row, one) for one in item["answers"]}
    for transcript in item["transcripts"]:
        rebuild_transcript(row, transcript, answers)


def _find_or_add_participant(reference: str, created_at: datetime) -> Participant:
    found = db.session.scalars(select(Participant).where(Participant.reference == reference)).first()
    if found is None:
        found = Participant(reference=reference, created_at=created_at)
        db.session.add(found)
        db.session.flush()
    return found


def _add_decisions(participant: Participant, call: Call, items: list[Mapping[str, Any]]) -> None:
    """Once, although each contribution of the person in this call has them."""
    own = ConsentDecision.participant_id == participant.id, ConsentDecision.call_id == call.id
    if db.session.scalars(select(ConsentDecision.id).where(*own).limit(1)).first() is not None:
        return
    numbers: dict[ConsentUse, int] = {}
    for item in items:
        use = ConsentUse(item["use"])
        numbers[use] = numbers.get(use, 0) + 1
        row = ConsentDecision(
            number=numbers[use],
            participant_id=participant.id,
            call_id=call.id,
            use=use,
            is_allowed=bool(item["is_allowed"]),
            wording=str(item["wording"]),
            decided_at=_parse_time(item["decided_at"]),
        )
        db.session.add(row)
    db.session.flush()


def _add_answer(contribution: Contribution, item: Mapping[str, Any]) -> Answer:
    at = _parse_time(item["updated_at"])
    answer = Answer(
        contribution_id=contribution.id, question_key=str(item["question"]), text=str(item["text"]), updated_at=at
    )
    answer.versions = [AnswerVersion(number=1, text=answer.text, recorded_at=at)]
    db.session.add(answer)
    db.session.flush()
    return answer


def _parse_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment
