"""How statuses and facts read on the pages of this package. Text only: no queries, no markup."""

from evidence.labels import (
    FINDING_LABELS,
    MODE_LABELS,
    SHORT_RESPONDENT_TYPE_LABELS,
)
from evidence.models import Call, Contribution
from review.reading.contributions import ContributionSummary
from review.reading.interviews import QuestionInInterview
from transcripts.models import CoverageStatus

COVERAGE_LABELS = {
    CoverageStatus.ANSWERED: "answered",
    CoverageStatus.UNPROMPTED: "raised unprompted",
    CoverageStatus.ASKED: "asked without answer",
    CoverageStatus.DECLINED: "declined",
    CoverageStatus.NOT_ASKED: "not asked",
}


def get_mode_label(contribution: Contribution) -> str:
    return MODE_LABELS[contribution.mode]


def list_mode_choices() -> list[tuple[str, str]]:
    return [(mode.value, label) for mode, label in MODE_LABELS.items()]


def list_area_type_choices(call: Call) -> list[tuple[str, str]]:
    return [(area_type, area_type.capitalize()) for area_type in call.area_types]


def list_aim_choices(call: Call) -> list[tuple[str, str]]:
    return [(aim.key, aim.text) for aim in call.aims]


def list_short_facts(contribution: Contribution) -> list[str]:
    facts = [
        _get_respondent_type_label(contribution),
        _join_area_types(contribution).capitalize(),
        _get_finding_label(contribution),
    ]
    return [fact for fact in facts if fact]


def list_profile_rows(contribution: Contribution) -> list[tuple[str, str]]:
    chosen = {aim.aim_key for aim in contribution.aims}
    return [
        ("Respondent", _get_respondent_type_label(contribution)),
        ("Kind of place", _join_area_types(contribution).capitalize()),
        ("What it shows", _get_finding_label(contribution)),
        ("Aims", "; ".join(aim.text for aim in contribution.call.aims if aim.key in chosen)),
    ]


def describe_status(item: QuestionInInterview) -> str:
    """It counts as answered only once someone has accepted a passage."""
    if item.answer:
        is_unprompted = item.status is CoverageStatus.UNPROMPTED
        return COVERAGE_LABELS[CoverageStatus.UNPROMPTED if is_unprompted else CoverageStatus.ANSWERED]
    if item.suggestions:
        return "suggested"
    return COVERAGE_LABELS[item.status] if item.status else ""


def describe_progress(line: ContributionSummary, questions: int) -> str:
    answered = f"{line.answer_count} of {questions} answered"
    if line.suggestion_count:
        answered += f", {line.suggestion_count} suggested"
    rest = [
        f"{line.coverage_counts[status]} {label}"
        for status, label in COVERAGE_LABELS.items()
        if status in _UNANSWERED_STATUSES & line.coverage_counts.keys()
    ]
    return "; ".join([answered, *rest])


_UNANSWERED_STATUSES = frozenset({CoverageStatus.ASKED, CoverageStatus.DECLINED, CoverageStatus.NOT_ASKED})


def _get_respondent_type_label(contribution: Contribution) -> str:
    return SHORT_RESPONDENT_TYPE_LABELS[contribution.respondent_type] if contribution.respondent_type else ""


def _get_finding_label(contribution: Contribution) -> str:
    return FINDING_LABELS[contribution.finding] if contribution.finding else ""


def _join_area_types(contribution: Contribution) -> str:
    return ", ".join(sorted(row.area_type for row in contribution.area_types))
