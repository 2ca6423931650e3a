"""How closed sets and figures read on the pages of this package. Only words: no queries, no markup."""

from evidence.models import Call, Contribution, Finding, Mode, RespondentType
from review.reading.contributions import ContributionSummary
from review.reading.interviews import QuestionInInterview
from transcripts.models import CoverageStatus

RESPONDENT_TYPE_LABELS = {RespondentType.ORGANISATION: "Organisation", RespondentType.INDIVIDUAL: "Individual"}
FINDING_LABELS = {Finding.WORKS: "Something that works", Finding.DIFFICULTY: "A difficulty that persists"}
MODE_LABELS = {Mode.WRITTEN: "Written", Mode.INTERVIEW: "Interview"}
COVERAGE_LABELS = {
    CoverageStatus.ANSWERED: "answered",
    CoverageStatus.UNPROMPTED: "raised unprompted",
    CoverageStatus.ASKED: "asked without answer",
    CoverageStatus.DECLINED: "declined",
    CoverageStatus.NOT_ASKED: "not asked",
}


def list_area_type_choices(call: Call) -> list[tuple[str, str]]:
    """Values and words for a choice."""
    return [(place, place.capitalize()) for place in call.area_types]


def list_aim_choices(call: Call) -> list[tuple[str, str]]:
    """Values and words for a choice."""
    return [(aim.key, aim.text) for aim in call.aims]


def list_short_facts(contribution: Contribution) -> list[str]:
    """The background of a contribution in a few short pieces; what was not said is left out."""
    pieces = [
        _get_respondent_type_label(contribution),
        _join_area_types(contribution).capitalize(),
        _get_finding_label(contribution),
    ]
    return [piece for piece in pieces if piece]


def list_profile_rows(contribution: Contribution) -> list[tuple[str, str]]:
    """Everything a contribution says about itself, under headings; empty words where nothing was said."""
    chosen = {aim.aim_key for aim in contribution.aims}
    return [
        ("Given as", _get_respondent_type_label(contribution)),
        ("Kind of place", _join_area_types(contribution).capitalize()),
        ("What it shows", _get_finding_label(contribution)),
        ("Aims it bears on", "; ".join(aim.text for aim in contribution.call.aims if aim.key in chosen)),
    ]


def describe_status(item: QuestionInInterview) -> str:
    """What became of a question in an interview. The machine alone never says that it was answered."""
    if item.answer:
        is_unprompted = item.status is CoverageStatus.UNPROMPTED
        return COVERAGE_LABELS[CoverageStatus.UNPROMPTED if is_unprompted else CoverageStatus.ANSWERED]
    if item.suggestions:
        return "suggested"
    return COVERAGE_LABELS[item.status] if item.status else ""


def describe_progress(line: ContributionSummary, questions: int) -> str:
    """“3 of 10 answered, 2 suggested; 7 not asked” and the like."""
    counted = f"{line.answer_count} of {questions} answered"
    if line.suggestion_count:
        counted += f", {line.suggestion_count} suggested"
    rest = [
        f"{line.coverage_counts[s]} {word}"
        for s, word in COVERAGE_LABELS.items()
        if s in _UNANSWERED_STATUSES & line.coverage_counts.keys()
    ]
    return "; ".join([counted, *rest])


_UNANSWERED_STATUSES = frozenset({CoverageStatus.ASKED, CoverageStatus.DECLINED, CoverageStatus.NOT_ASKED})


def _get_respondent_type_label(contribution: Contribution) -> str:
    return RESPONDENT_TYPE_LABELS[contribution.respondent_type] if contribution.respondent_type else ""


def _get_finding_label(contribution: Contribution) -> str:
    return FINDING_LABELS[contribution.finding] if contribution.finding else ""


def _join_area_types(contribution: Contribution) -> str:
    return ", ".join(sorted(place.area_type for place in contribution.area_types))
