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

from evidence.background import Background
from evidence.consent_terms import Use
from evidence.fields import NO, YES, Chosen, email_address, offered, one_of, refuse, some_of
from evidence.glossary import GlossaryError, terms_from
from evidence.models import Call, ConsentDecision, ConsentTerm, GivenAs, Shows
from evidence.words import cleaned

CONSENT_PREFIX = "consent_"
WORDING_FIELD = "consent_read"  # a mark of the wordings shown: nobody agrees to words that they did not see
DECIDED_FIELD = "consent_decided"  # a mark of the decisions shown: an older page undoes no newer decision
GIVEN_AS_WORDS = {GivenAs.ORGANISATION: "For an organisation", GivenAs.INDIVIDUAL: "As an individual"}
SHOWS_WORDS = {Shows.WORKS: "Something that works", Shows.DIFFICULTY: "A difficulty that persists"}


class AddressForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    email = email_address("Your email address", hint="We send your personal link and your copy there.")


class InterestForm(FlaskForm):  # type: ignore[misc]
    email = email_address("Your email address", hint="We write to it only about calls like this one.")


class LinkForm(FlaskForm):  # type: ignore[misc]
    email = email_address("Your email address", hint="The one that you gave when you took part.")


class GlossaryForm(FlaskForm):  # type: ignore[misc]
    terms = TextAreaField(
        "Names and terms that are likely to be said",
        description="One on each line, the most important first.",
        filters=[lambda text: cleaned(text or "")],
        widget=GovTextArea(),
    )
    chosen: tuple[str, ...] = ()

    def validate_terms(self, field: Field) -> None:
        try:
            self.chosen = terms_from((field.data or "").splitlines())
        except GlossaryError as error:
            raise ValidationError(str(error)) from error


class ButtonForm(FlaskForm):  # type: ignore[misc]
    """A button and nothing else: protected against forgery."""


class BackgroundFields(FlaskForm):  # type: ignore[misc]
    """The questions that every way to take part asks. `is_required=False`: what is missing may come later."""

    given_as = one_of(
        "Do you speak for an organisation or as an individual?",
        [(kind.value, words) for kind, words in GIVEN_AS_WORDS.items()],
        required="Say whether you speak for an organisation or as an individual.",
    )
    places = some_of(
        "What kind of place is it about?",
        [],
        hint="Choose all that apply.",
        required="Choose at least one kind of place.",
    )
    shows = one_of(
        "What does it show?",
        [(kind.value, words) for kind, words in SHOWS_WORDS.items()],
        required="Say whether it shows something that works or a difficulty that persists.",
    )
    aims = some_of(
        "Which of the aims does it bear on?", [], hint="Choose all that apply. If none does, leave this empty."
    )

    def __init__(self, *args: Any, call: Call, is_required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("places", [(place, place.capitalize()) for place in call.places])
        self._offer("aims", [(aim.key, aim.text) for aim in call.aims])
        if not is_required:
            for name in ("given_as", "places", "shows"):
                if name in self:
                    self[name].validators = [Chosen()]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """A call without places or aims asks nothing about them."""
        if choices:
            self[name].choices = offered(choices)
        else:
            del self[name]

    def background(self) -> Background:
        """What was chosen; nothing for what was not."""
        return Background(
            given_as=GivenAs(self.given_as.data) if self.given_as.data else None,
            shows=Shows(self.shows.data) if self.shows.data else None,
            places=tuple(self.places.data or ()) if "places" in self else (),
            aims=tuple(self.aims.data or ()) if "aims" in self else (),
        )


def background_as_data(background: Background) -> dict[str, Any]:
    """For `BackgroundFields(data=...)`."""
    return {
        "given_as": background.given_as.value if background.given_as else None,
        "shows": background.shows.value if background.shows else None,
        "places": list(background.places),
        "aims": list(background.aims),
    }


NOTHING_DECIDED: Mapping[Use, ConsentDecision] = MappingProxyType({})
CHANGED_SINCE = {
    WORDING_FIELD: "The wording changed after you opened this page. Please read it again.",
    DECIDED_FIELD: "What is allowed has been changed after you opened this page. Please ask again, and choose again.",
}


class _ConsentFields(FlaskForm):  # type: ignore[misc]
    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        is_older = [self._is_older(name, words) for name, words in CHANGED_SINCE.items()]
        return is_valid and not any(is_older)

    def _is_older(self, name: str, words: str) -> bool:
        """Whether something has changed since the page was opened; if so, the page says so and shows it as it is."""
        mark, names = self[name], consent_field_names(self)
        if not names or not mark.data or mark.data == mark.default:
            return False
        mark.data, mark.raw_data = mark.default, None
        refuse(self, names[0], words)
        return True


def consent_fields(
    terms: Iterable[ConsentTerm],
    *,
    is_required: bool = True,
    decided: Mapping[Use, ConsentDecision] = NOTHING_DECIDED,
) -> Any:
    """A form class with a yes or no for each term, none chosen beforehand. Render its hidden fields too.

    `decided`: what the page shows as decided, where somebody else may decide meanwhile.
    """
    terms = list(terms)
    fields: dict[str, Any] = {
        consent_field_name(term.use): one_of(
            term.wording,
            [(YES, "Yes"), (NO, "No")],
            required=f"Say yes or no to: {term.wording}" if is_required else "",
        )
        for term in terms
    }
    fields[WORDING_FIELD] = HiddenField(default=_mark([term.wording for term in terms]))
    fields[DECIDED_FIELD] = HiddenField(default=_mark([f"{use} {made.number}" for use, made in decided.items()]))
    return type("ConsentFields", (_ConsentFields,), fields)


def consent_field_name(use: Use) -> str:
    return f"{CONSENT_PREFIX}{use.value}"


def consent_field_names(form: FlaskForm) -> list[str]:
    return [name for name in form._fields if name.startswith(CONSENT_PREFIX) and name not in CHANGED_SINCE]


def decisions_in(form: FlaskForm) -> dict[Use, bool]:
    """What was chosen, for `consent.record_decisions`; uses left open are left out."""
    chosen = {name.removeprefix(CONSENT_PREFIX): form[name].data for name in consent_field_names(form)}
    return {Use(use): answer == YES for use, answer in chosen.items() if answer in {YES, NO}}


def decisions_as_data(decisions: dict[Use, ConsentDecision]) -> dict[str, str]:
    """For `data=` of a form with consent fields."""
    return {consent_field_name(use): YES if made.is_allowed else NO for use, made in decisions.items()}


def _mark(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
