"""The fixed forms, and the fields that every way to take part asks. The call's own questions: question_forms.py.

A form that asks the background or consent inherits from `BackgroundFields` or from what `consent_fields` returns.
"""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import Field, HiddenField, TextAreaField
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
from evidence.case_profile import CaseProfile
from evidence.consent_terms import ConsentUse
from evidence.glossary import GlossaryError, parse_glossary_terms
from evidence.models import Call, ConsentDecision, ConsentTerm, Finding, RespondentType

CONSENT_FIELD_PREFIX = "consent_"
WORDING_DIGEST_FIELD = "consent_read"  # a mark of the wordings shown: nobody agrees to words that they did not see
DECISIONS_DIGEST_FIELD = "consent_decided"  # a mark of the decisions shown: an older page undoes no newer decision
RESPONDENT_TYPE_LABELS = {
    RespondentType.ORGANISATION: "For an organisation",
    RespondentType.INDIVIDUAL: "As an individual",
}
FINDING_LABELS = {Finding.WORKS: "Something that works", Finding.DIFFICULTY: "A difficulty that persists"}


class EmailForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    email = email_field("Your email address", hint="We send your personal link and your copy there.")


class InterestForm(FlaskForm):  # type: ignore[misc]
    email = email_field("Your email address", hint="We write to it only about calls like this one.")


class RequestLinkForm(FlaskForm):  # type: ignore[misc]
    email = email_field("Your email address", hint="The one that you gave when you took part.")


class GlossaryForm(FlaskForm):  # type: ignore[misc]
    terms = TextAreaField(
        "Names and terms that are likely to be said",
        description="One on each line, the most important first.",
        filters=[lambda text: clean_text(text or "")],
        widget=GovTextArea(),
    )
    parsed_terms: tuple[str, ...] = ()

    def validate_terms(self, field: Field) -> None:
        try:
            self.parsed_terms = parse_glossary_terms((field.data or "").splitlines())
        except GlossaryError as error:
            raise ValidationError(str(error)) from error


class ButtonForm(FlaskForm):  # type: ignore[misc]
    """A button and nothing else: protected against forgery."""


class CaseProfileFields(FlaskForm):  # type: ignore[misc]
    """The questions that every way to take part asks. `is_required=False`: what is missing may come later."""

    given_as = radio_field(
        "Do you speak for an organisation or as an individual?",
        [(kind.value, words) for kind, words in RESPONDENT_TYPE_LABELS.items()],
        required_message="Say whether you speak for an organisation or as an individual.",
    )
    places = checkbox_field(
        "What kind of place is it about?",
        [],
        hint="Choose all that apply.",
        required_message="Choose at least one kind of place.",
    )
    shows = radio_field(
        "What does it show?",
        [(kind.value, words) for kind, words in FINDING_LABELS.items()],
        required_message="Say whether it shows something that works or a difficulty that persists.",
    )
    aims = checkbox_field(
        "Which of the aims does it bear on?", [], hint="Choose all that apply. If none does, leave this empty."
    )

    def __init__(self, *args: Any, call: Call, is_required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set_choices_or_remove("places", [(place, place.capitalize()) for place in call.area_types])
        self._set_choices_or_remove("aims", [(aim.key, aim.text) for aim in call.aims])
        if not is_required:
            for name in ("given_as", "places", "shows"):
                if name in self:
                    self[name].validators = [RequireChoice()]

    def _set_choices_or_remove(self, name: str, choices: list[tuple[str, str]]) -> None:
        """A call without places or aims asks nothing about them."""
        if choices:
            self[name].choices = build_select_choices(choices)
        else:
            del self[name]

    def read_case_profile(self) -> CaseProfile:
        """What was chosen; nothing for what was not."""
        return CaseProfile(
            respondent_type=RespondentType(self.given_as.data) if self.given_as.data else None,
            finding=Finding(self.shows.data) if self.shows.data else None,
            area_types=tuple(self.places.data or ()) if "places" in self else (),
            aim_keys=tuple(self.aims.data or ()) if "aims" in self else (),
        )


def case_profile_to_form_data(profile: CaseProfile) -> dict[str, Any]:
    """For `BackgroundFields(data=...)`."""
    return {
        "given_as": profile.respondent_type.value if profile.respondent_type else None,
        "shows": profile.finding.value if profile.finding else None,
        "places": list(profile.area_types),
        "aims": list(profile.aim_keys),
    }


NO_DECISIONS: Mapping[ConsentUse, ConsentDecision] = MappingProxyType({})
STALE_PAGE_MESSAGES = {
    WORDING_DIGEST_FIELD: "The wording changed after you opened this page. Please read it again.",
    DECISIONS_DIGEST_FIELD: "What is allowed has been changed after you opened this page. Please ask again, and choose again.",
}


class _ConsentForm(FlaskForm):  # type: ignore[misc]
    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        is_older = [self._refuse_stale_page(name, words) for name, words in STALE_PAGE_MESSAGES.items()]
        return is_valid and not any(is_older)

    def _refuse_stale_page(self, name: str, message: str) -> bool:
        """Whether something has changed since the page was opened; if so, the page says so and shows it as it is."""
        mark, names = self[name], list_consent_field_names(self)
        if not names or not mark.data or mark.data == mark.default:
            return False
        mark.data, mark.raw_data = mark.default, None
        add_field_error(self[names[0]], message)
        return True


def build_consent_form_class(
    terms: Iterable[ConsentTerm],
    *,
    is_required: bool = True,
    decisions: Mapping[ConsentUse, ConsentDecision] = NO_DECISIONS,
) -> Any:
    """A form class with a yes or no for each term, none chosen beforehand. Render its hidden fields too.

    `decided`: what the page shows as decided, where somebody else may decide meanwhile.
    """
    terms = list(terms)
    fields: dict[str, Any] = {
        get_consent_field_name(term.use): radio_field(
            term.wording,
            [(YES, "Yes"), (NO, "No")],
            required_message=f"Say yes or no to: {term.wording}" if is_required else "",
        )
        for term in terms
    }
    fields[WORDING_DIGEST_FIELD] = HiddenField(default=_digest_lines([term.wording for term in terms]))
    fields[DECISIONS_DIGEST_FIELD] = HiddenField(
        default=_digest_lines([f"{use} {made.number}" for use, made in decisions.items()])
    )
    return type("ConsentFields", (_ConsentForm,), fields)


def get_consent_field_name(use: ConsentUse) -> str:
    return f"{CONSENT_FIELD_PREFIX}{use.value}"


def list_consent_field_names(form: FlaskForm) -> list[str]:
    return [name for name in form._fields if name.startswith(CONSENT_FIELD_PREFIX) and name not in STALE_PAGE_MESSAGES]


def read_decisions(form: FlaskForm) -> dict[ConsentUse, bool]:
    """What was chosen, for `consent.record_decisions`; uses left open are left out."""
    chosen = {name.removeprefix(CONSENT_FIELD_PREFIX): form[name].data for name in list_consent_field_names(form)}
    return {ConsentUse(use): answer == YES for use, answer in chosen.items() if answer in {YES, NO}}


def decisions_to_form_data(decisions: dict[ConsentUse, ConsentDecision]) -> dict[str, str]:
    """For `data=` of a form with consent fields."""
    return {get_consent_field_name(use): YES if made.is_allowed else NO for use, made in decisions.items()}


def _digest_lines(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
