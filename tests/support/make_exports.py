"""Evidence to be exported, and exports written to a file as the command does it."""

from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from accounts.roles import Role
from core.database import db
from core.file_storage import current_storage
from evidence import consent
from evidence.case_profile import CaseProfile
from evidence.consent_terms import ConsentUse
from evidence.models import Answer, Call, Contribution, Finding, RespondentType
from review.coding import code_applications
from review.coding.anchors import AnswerAnchor, SpeechAnchor
from review.exports.evidence_reader import read_call
from review.exports.export_kinds import Purpose
from review.exports.export_options import build_options
from review.exports.exported_call import ExportedCall
from review.exports.file_writing import write_export
from review.quotes import quotes
from tests.support import make, make_evidence, make_review, make_themes, make_transcripts
from transcripts.models import Transcript
from transcripts.passages import acceptance

FORMULA = '=HYPERLINK("http://evil.example","Click")'
RIGHT_TO_LEFT = "כמה זמן חיכית? \u202eabc\u202c שנה"
FIRST, SECOND = "capacity", "evidence"
PROFILE = CaseProfile(RespondentType.INDIVIDUAL, Finding.DIFFICULTY, ("rural",), ("control",))
SPOKEN = ("Why did you wait?", "I waited for a year & a day.", "Nobody <rang> me 😀 at all.")


def evidence_to_export() -> Call:
    """A typed contribution with a formula, one from right to left, and an interview with an accepted passage."""
    call = make_evidence.call(slug="waiting")
    make_review.written_contribution(call, PROFILE, capacity=FORMULA, evidence="Two\n\nparagraphs.")
    make_review.written_contribution(call, capacity=RIGHT_TO_LEFT)
    interview(call)
    return call


def interview(call: Call, name: str = "Dev") -> Transcript:
    ben = make.staff(f"ben{uuid4().hex}", Role.INTERVIEWER)
    recording = make_transcripts.recording(make_transcripts.booking(call, ben, name).volunteer.contribution)
    made = make_transcripts.transcript(recording, *SPOKEN, is_mapped=False)
    passages = make_transcripts.add_suggestions(made, [None, FIRST, SECOND])
    acceptance.accept_passage(passages[1], ben.id)
    return made


def add_themes_and_quote(call: Call) -> list[str]:
    """“Two” in writing is about waiting, “waited for” aloud about being alone, and a quote."""
    by = make.staff(f"cara{uuid4().hex}").id
    answer = db.session.scalars(select(Answer).where(Answer.text.startswith("Two"))).one()
    transcript = db.session.scalars(select(Transcript)).one()
    spoken = transcript.contribution
    consent.record_decisions(spoken.participant, call, {ConsentUse.QUOTE_UNNAMED: True}, noted_by=None)
    waiting = make_themes.theme(call, "Waiting", by=by)
    alone = make_themes.theme(call, "Being alone", parent=waiting, by=by)
    code_applications.code_words(AnswerAnchor(answer.id, 0, 3), waiting, by=by)
    anchor = SpeechAnchor(transcript.id, 1, 1, 1, 2)
    code_applications.code_words(anchor, alone, by=by)
    quotes.create_quote(anchor, by=by)
    return ["Waiting", "Being alone"]


def share(contribution: Contribution, *, is_allowed: bool = True) -> None:
    consent.record_decisions(contribution.participant, contribution.call, {ConsentUse.SHARE: is_allowed}, noted_by=None)


def write(call: Call, target: Path, format_name: str, layout: str = "", **options: str | bool) -> ExportedCall:
    chosen = build_options(
        format_name,
        layout,
        str(options.get("purpose", Purpose.ANALYSIS)),
        reference=str(options.get("reference", "")),
        has_sound=bool(options.get("has_sound")),
    )
    exported = read_call(call, chosen)
    write_export(exported, chosen, target, current_storage(), lambda _share: None)
    return exported
