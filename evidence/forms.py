"""The fixed forms, and the fields shared by all participation modes. The call's own questions: question_forms.py.

A form with the case profile or consent inherits from `CaseProfileFields` or from `build_consent_form_class(...)`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea
from wtforms import Field, HiddenField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from core.form_fields import (
    NO,
    YES,
    RequireChoice,
    add_field_error,
    build_select_choices,
    checkbox_field,
    email_field,
    radio_field,
)
from core.text_cleaning import clean_text
from evidence.call_page import BACKGROUND_QUESTIONS
from evidence.case_profile import (
    AREA_TYPE_MISSING,
    FINDING_MISSING,
    RESPONDENT_TYPE_MISSING,
    CaseProfile,
    list_background_questions,
)
from evidence.consent_terms import ConsentUse
from evidence.glossary import GlossaryError, parse_glossary_terms
from evidence.labels import FINDING_LABELS, RESPONDENT_TYPE_LABELS
from evidence.languages import LANGUAGE_CHOICES
from evidence.models import Call, ConsentDecision, ConsentTerm, Finding, RespondentType

CONSENT_FIELD_PREFIX = "consent_"
WORDING_DIGEST_FIELD = "consent_read"  # digest of the wordings shown: nobody agrees to a wording they did not see
DECISIONS_DIGEST_FIELD = "consent_decided"  # digest of the decisions shown: an older page cannot undo a newer decision


class EmailForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    email = email_field("Your email address", hint="We will send your personal link and a copy of your answers here.")


class InterestForm(FlaskForm):  # type: ignore[misc]
    email = email_field("Your email address", hint="We will only email you about calls like this one.")


class RequestLinkForm(FlaskForm):  # type: ignore[misc]
    email = email_field("Your email address", hint="The address you gave us when you took part.")


class GlossaryForm(FlaskForm):  # type: ignore[misc]
    terms = TextAreaField(
        "Names and terms",
        description="Enter one on each line, the most important first.",
        filters=[lambda text: clean_text(text or "")],
        widget=GovTextArea(),
    )
    language = SelectField(
        "Language spoken in interviews",
        choices=build_select_choices(LANGUAGE_CHOICES),
        description="It is selected in advance for each recording, and interviewers can choose another.",
        widget=GovSelect(),
    )
    parsed_terms: tuple[str, ...] = ()

    def validate_terms(self, field: Field) -> None:
        try:
            self.parsed_terms = parse_glossary_terms((field.data or "").splitlines())
        except GlossaryError as error:
            raise ValidationError(str(error)) from error


class ButtonForm(FlaskForm):  # type: ignore[misc]
    """Only a button, with protection against forged requests."""


class CaseProfileFields(FlaskForm):  # type: ignore[misc]
    given_as = radio_field(
        "Are you responding for an organisation or as an individual?",
        [(kind.value, label) for kind, label in RESPONDENT_TYPE_LABELS.items()],
        required_message=RESPONDENT_TYPE_MISSING,
    )
    places = checkbox_field(
        "What kind of place is it about?",
        [],
        hint="Select all that apply.",
        required_message=AREA_TYPE_MISSING,
    )
    shows = radio_field(
        "What does it show?",
        [(kind.value, label) for kind, label in FINDING_LABELS.items()],
        required_message=FINDING_MISSING,
    )
    aims = checkbox_field(
        "Which of these aims is it about?", [], hint="Select all that apply. If none of them do, leave this blank."
    )

    def __init__(self, *args: Any, call: Call, is_required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["places"].choices = build_select_choices([(kind, kind.capitalize()) for kind in call.area_types])
        self["aims"].choices = build_select_choices([(aim.key, aim.text) for aim in call.aims])
        for name in set(BACKGROUND_QUESTIONS) - set(list_background_questions(call)):
            del self[name]
        if not is_required:
            for name in ("given_as", "places", "shows"):
                if name in self:
                    self[name].validators = [RequireChoice()]

    def read_case_profile(self) -> CaseProfile:
        chosen = {name: self[name].data for name in BACKGROUND_QUESTIONS if name in self}
        return CaseProfile(
            respondent_type=RespondentType(chosen["given_as"]) if chosen.get("given_as") else None,
            finding=Finding(chosen["shows"]) if chosen.get("shows") else None,
            area_types=tuple(chosen.get("places") or ()),
            aim_keys=tuple(chosen.get("aims") or ()),
        )


def case_profile_to_form_data(profile: CaseProfile) -> dict[str, Any]:
    return {
        "given_as": profile.respondent_type.value if profile.respondent_type else None,
        "shows": profile.finding.value if profile.finding else None,
        "places": list(profile.area_types),
        "aims": list(profile.aim_keys),
    }


NO_DECISIONS: Mapping[ConsentUse, ConsentDecision] = MappingProxyType({})
STALE_PAGE_MESSAGES = {
    WORDING_DIGEST_FIELD: "The wording has changed since you opened this page. Read it again.",
    DECISIONS_DIGEST_FIELD: "These permissions have changed since you opened this page. Ask again, then choose again.",
}


class _ConsentForm(FlaskForm):  # type: ignore[misc]
    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        is_stale = [self._refuse_stale_page(name, message) for name, message in STALE_PAGE_MESSAGES.items()]
        return is_valid and not any(is_stale)

    def _refuse_stale_page(self, name: str, message: str) -> bool:
        digest, names = self[name], list_consent_field_names(self)
        if not names or not digest.data or digest.data == digest.default:
            return False
        digest.data, digest.raw_data = digest.default, None
        add_field_error(self[names[0]], message)
        return True


def build_consent_form_class(
    terms: Iterable[ConsentTerm],
    *,
    is_required: bool = True,
    decisions: Mapping[ConsentUse, ConsentDecision] = NO_DECISIONS,
) -> Any:
    """Yes or no for each term, without a default. Render its hidden fields too.

    `decisions`: those that the page shows, where somebody else may change them meanwhile.
    """
    terms = list(terms)
    fields: dict[str, Any] = {
        get_consent_field_name(term.use): radio_field(
            term.wording,
            [(YES, "Yes"), (NO, "No")],
            required_message=f"Select yes or no: {term.wording}" if is_required else "",
        )
        for term in terms
    }
    fields[WORDING_DIGEST_FIELD] = HiddenField(default=_digest_lines([term.wording for term in terms]))
    fields[DECISIONS_DIGEST_FIELD] = HiddenField(
        default=_digest_lines([f"{use} {decision.number}" for use, decision in decisions.items()])
    )
    return type("ConsentFields", (_ConsentForm,), fields)


def get_consent_field_name(use: ConsentUse) -> str:
    return f"{CONSENT_FIELD_PREFIX}{use.value}"


def list_consent_field_names(form: FlaskForm) -> list[str]:
    return [name for name in form._fields if name.startswith(CONSENT_FIELD_PREFIX) and name not in STALE_PAGE_MESSAGES]


def read_decisions(form: FlaskForm) -> dict[ConsentUse, bool]:
    chosen = {name.removeprefix(CONSENT_FIELD_PREFIX): form[name].data for name in list_consent_field_names(form)}
    return {ConsentUse(use): answer == YES for use, answer in chosen.items() if answer in {YES, NO}}


def decisions_to_form_data(decisions: dict[ConsentUse, ConsentDecision]) -> dict[str, str]:
    return {get_consent_field_name(use): YES if decision.is_allowed else NO for use, decision in decisions.items()}


def _digest_lines(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
