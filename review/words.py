"""How closed sets and figures read on the pages of this package. Only words: no queries, no markup."""

from evidence.models import Call, Contribution, GivenAs, Mode, Shows
from review.contributions import ContributionLine
from review.interview_reading import QuestionInInterview
from transcripts.models import CoverageStatus

GIVEN_AS = {GivenAs.ORGANISATION: "Organisation", GivenAs.INDIVIDUAL: "Individual"}
SHOWS = {Shows.WORKS: "Something that works", Shows.DIFFICULTY: "A difficulty that persists"}
MODES = {Mode.WRITTEN: "Written", Mode.INTERVIEW: "Interview"}
COVERAGE = {
    CoverageStatus.ANSWERED: "answered",
    CoverageStatus.UNPROMPTED: "raised unprompted",
    CoverageStatus.ASKED: "asked without answer",
    CoverageStatus.DECLINED: "declined",
    CoverageStatus.NOT_ASKED: "not asked",
}


def places(call: Call) -> list[tuple[str, str]]:
    """Values and words for a choice."""
    return [(place, place.capitalize()) for place in call.places]


def aims(call: Call) -> list[tuple[str, str]]:
    """Values and words for a choice."""
    return [(aim.key, aim.text) for aim in call.aims]


def facts(contribution: Contribution) -> list[str]:
    """The background of a contribution in a few short pieces; what was not said is left out."""
    pieces = [_given_as(contribution), _places(contribution).capitalize(), _shows(contribution)]
    return [piece for piece in pieces if piece]


def background(contribution: Contribution) -> list[tuple[str, str]]:
    """Everything a contribution says about itself, under headings; empty words where nothing was said."""
    chosen = {aim.aim_key for aim in contribution.aims}
    return [
        ("Given as", _given_as(contribution)),
        ("Kind of place", _places(contribution).capitalize()),
        ("What it shows", _shows(contribution)),
        ("Aims it bears on", "; ".join(aim.text for aim in contribution.call.aims if aim.key in chosen)),
    ]


def status(item: QuestionInInterview) -> str:
    """What became of a question in an interview. The machine alone never says that it was answered."""
    if item.answer:
        is_unprompted = item.status is CoverageStatus.UNPROMPTED
        return COVERAGE[CoverageStatus.UNPROMPTED if is_unprompted else CoverageStatus.ANSWERED]
    if item.suggestions:
        return "suggested"
    return COVERAGE[item.status] if item.status else ""


def progress(line: ContributionLine, questions: int) -> str:
    """“3 of 10 answered, 2 suggested; 7 not asked” and the like."""
    counted = f"{line.answers} of {questions} answered"
    if line.suggestions:
        counted += f", {line.suggestions} suggested"
    rest = [f"{line.coverage[s]} {word}" for s, word in COVERAGE.items() if s in _WITHOUT_ANSWER & line.coverage.keys()]
    return "; ".join([counted, *rest])


_WITHOUT_ANSWER = frozenset({CoverageStatus.ASKED, CoverageStatus.DECLINED, CoverageStatus.NOT_ASKED})


def _given_as(contribution: Contribution) -> str:
    return GIVEN_AS[contribution.given_as] if contribution.given_as else ""


def _shows(contribution: Contribution) -> str:
    return SHOWS[contribution.shows] if contribution.shows else ""


def _places(contribution: Contribution) -> str:
    return ", ".join(sorted(place.place for place in contribution.places))
