"""How the closed sets of this package read on pages."""

from evidence.answer_kinds import AnswerKind
from evidence.consent_terms import ConsentUse
from evidence.models import Finding, Mode, RespondentType

RESPONDENT_TYPE_LABELS = {
    RespondentType.ORGANISATION: "For an organisation",
    RespondentType.INDIVIDUAL: "As an individual",
}
SHORT_RESPONDENT_TYPE_LABELS = {RespondentType.ORGANISATION: "Organisation", RespondentType.INDIVIDUAL: "Individual"}
FINDING_LABELS = {
    Finding.WORKS: "Something that works",
    Finding.DIFFICULTY: "A difficulty that persists",
    Finding.BOTH: "Both",
    Finding.NOT_SURE: "Not sure",
}
MODE_LABELS = {Mode.WRITTEN: "Written", Mode.INTERVIEW: "Interview"}
BACKGROUND_QUESTION_LABELS = {
    "given_as": "Whether somebody responds for an organisation or as an individual",
    "places": "What kind of place it is about",
    "shows": "Whether it shows something that works or a difficulty that persists",
    "aims": "Which of our aims it is about",
}
CONSENT_USE_LABELS = {
    ConsentUse.RECORD: "Recording the interview",
    ConsentUse.TRANSCRIBE: "Turning the recording into text",
    ConsentUse.QUOTE_NAMED: "Quoting with the name",
    ConsentUse.QUOTE_UNNAMED: "Quoting without the name",
    ConsentUse.SHARE: "Sharing with partners",
    ConsentUse.ARCHIVE: "Keeping it for later research",
    ConsentUse.RECONTACT: "Contacting the person again",
}
ANSWER_KIND_LABELS = {
    AnswerKind.LONG_TEXT: "A long text",
    AnswerKind.SHORT_TEXT: "A short text, on one line",
    AnswerKind.ONE_OF: "One of several choices",
    AnswerKind.SOME_OF: "Several of several choices",
    AnswerKind.DATE: "A date",
}
