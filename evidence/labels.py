"""How the closed sets of this package read on pages."""

from evidence.models import Finding, Mode, RespondentType

RESPONDENT_TYPE_LABELS = {
    RespondentType.ORGANISATION: "For an organisation",
    RespondentType.INDIVIDUAL: "As an individual",
}
SHORT_RESPONDENT_TYPE_LABELS = {RespondentType.ORGANISATION: "Organisation", RespondentType.INDIVIDUAL: "Individual"}
FINDING_LABELS = {Finding.WORKS: "Something that works", Finding.DIFFICULTY: "A difficulty that persists"}
MODE_LABELS = {Mode.WRITTEN: "Written", Mode.INTERVIEW: "Interview"}
