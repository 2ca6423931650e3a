"""The forms about whom a call seeks: targets, the groups of one volunteer, and the equality form."""

import re
from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from evidence.fields import one_of, some_of
from evidence.models import Call
from evidence.words import one_line
from interviews.forms.fields import line
from interviews.models import Aspect, Target, Volunteer
from interviews.targets.equality_questions import (
    DEPRIVATION,
    DISABILITY,
    ETHNICITY,
    NOT_SAID,
    EqualityQuestion,
    PostcodeError,
    districts_of,
)
from interviews.targets.targets import GroupInUseError, NamedGroup, Plan, Span, language_key

MOST_ROWS = 60
EMPTY_ROWS = 3  # for new groups, each time that the page is opened
SPAN = re.compile(r"(\d{1,4})(?:\s*(?:to|-|–)\s*(\d{1,4}))?")
NAMED = {"capacity": Aspect.CAPACITY, "language": Aspect.LANGUAGE}
SOUGHT, EQUALITY = "sought", "equality"
SWITCHES = [
    (SOUGHT, "Say on the sign-up form which groups are still sought"),
    (EQUALITY, "Offer the equality form to those who sign up"),
]


class SpanField(StringField):
    """How many interviews: "7 to 10", "7", or nothing. What was typed stays in the box."""

    widget = GovTextInput()

    def span(self) -> Span:
        """Raises ValueError."""
        text = one_line(self.data or "").strip().lower()
        if not text:
            return 0, 0
        found = SPAN.fullmatch(text)
        if not found:
            raise ValueError(text)
        low, high = int(found[1]), int(found[2] or found[1])
        if high < low:
            raise ValueError(text)
        return low, high

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 WTForms passes it
        try:
            self.span()
        except ValueError as error:
            raise ValidationError("Enter a number like 7, or two like 7 to 10, the smaller first.") from error


class _TargetsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    switches = some_of("When people sign up", SWITCHES)

    def numbered(self, kind: str) -> list[int]:
        """The numbers of the rows of a kind: "site", "place", "capacity" or "language"."""
        starts = f"{kind}_"
        return [int(name.split("_")[1]) for name in self._fields if name.startswith(starts) and name.endswith("_span")]

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        are_whole = [self._rows_are_whole(kind) for kind in NAMED]
        return is_valid and all(are_whole)

    def _rows_are_whole(self, kind: str) -> bool:
        """Whether each number has a name, and no name stands twice."""
        seen: set[str] = set()
        is_whole = True
        for number in self.numbered(kind):
            title, span = self[f"{kind}_{number}_title"], self[f"{kind}_{number}_span"]
            words = _row_error(title.data or "", span.data or "", seen)
            if words:
                title.errors = [*title.errors, words]
                is_whole = False
            seen.add(language_key(title.data or ""))
        return is_whole

    def plan(self, call: Call) -> Plan:
        """What a valid form says; call it after validation."""
        chosen = self.switches.data or []
        return Plan(
            sites={site.key: self[f"site_{n}_span"].span() for n, site in enumerate(call.sites)},
            places={place: self[f"place_{n}_span"].span() for n, place in enumerate(call.places)},
            capacities=self._groups("capacity"),
            languages=self._groups("language"),
            shows_sought=SOUGHT in chosen,
            asks_equality=EQUALITY in chosen,
        )

    def _groups(self, kind: str) -> list[NamedGroup]:
        rows = [[self[f"{kind}_{n}_{part}"] for part in ("key", "title", "span")] for n in self.numbered(kind)]
        return [NamedGroup(key.data or "", title.data, span.span()) for key, title, span in rows if title.data]

    def refuse_row(self, error: GroupInUseError) -> None:
        """Say at the row that was emptied why it has to stay."""
        rows = [n for n in self.numbered("capacity") if self[f"capacity_{n}_key"].data == error.key]
        field = self[f"capacity_{rows[0]}_title"] if rows else self.switches
        field.errors = [*field.errors, str(error)]


def targets_form(call: Call, targets: list[Target], switches: list[str], sent: Mapping[str, Any]) -> Any:
    """A form for the groups of a call, as they are. `sent`: what the browser sent, which may have more rows."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"switches": switches}
    spans = {(target.aspect, target.key): (target.low, target.high) for target in targets}
    for n, site in enumerate(call.sites):
        fields[f"site_{n}_span"] = SpanField(site.title)
        data[f"site_{n}_span"] = span_words((site.target_low, site.target_high))
    for n, place in enumerate(call.places):
        fields[f"place_{n}_span"] = SpanField(place[:1].upper() + place[1:])
        data[f"place_{n}_span"] = span_words(spans.get((Aspect.PLACE, place), (0, 0)))
    for kind, aspect in NAMED.items():
        own = [target for target in targets if target.aspect is aspect]
        _add_rows(fields, data, kind, own, sent)
    return type("TargetsForm", (_TargetsForm,), fields)(data=data)


def span_words(span: Span) -> str:
    """ "7 to 10", "7", or nothing where there is no target."""
    low, high = span
    if high == 0:
        return ""
    return str(low) if low == high else f"{low} to {high}"


def _add_rows(
    fields: dict[str, Any], data: dict[str, Any], kind: str, own: list[Target], sent: Mapping[str, Any]
) -> None:
    rows = sum(1 for name in sent if name.startswith(f"{kind}_") and name.endswith("_title"))
    for n in range(max(len(own) + EMPTY_ROWS, min(rows, MOST_ROWS))):
        fields[f"{kind}_{n}_key"] = HiddenField()
        fields[f"{kind}_{n}_title"] = line(f"{kind.capitalize()} {n + 1}", most=100)
        fields[f"{kind}_{n}_span"] = SpanField(f"Interviews with {kind} {n + 1}")
        if n < len(own):
            data[f"{kind}_{n}_key"], data[f"{kind}_{n}_title"] = own[n].key, own[n].title
            data[f"{kind}_{n}_span"] = span_words((own[n].low, own[n].high))


def _row_error(title: str, span: str, seen: set[str]) -> str:
    if span.strip() and not title:
        return "Name this group, or empty its number."
    return "This name stands here twice." if title and language_key(title) in seen else ""


class _GroupsForm(FlaskForm):  # type: ignore[misc]
    site: Field
    capacity: Field


def groups_form(volunteer: Volunteer, capacities: list[tuple[str, str]]) -> Any:
    """For which site and capacity one volunteer counts."""
    sites = [(str(site.id), site.title) for site in volunteer.call.sites]
    fields = {
        "site": one_of("Site", [*sites, ("", "None of these")]),
        "capacity": one_of("Capacity", [*capacities, ("", "None of these")]),
    }
    data = {"site": str(volunteer.site_id or ""), "capacity": volunteer.capacity_key}
    return type("GroupsForm", (_GroupsForm,), fields)(data=data)


def _with_not_said(question: EqualityQuestion) -> list[tuple[str, str]]:
    return [*question.answers, (NOT_SAID, "Prefer not to say")]


class EqualityForm(FlaskForm):  # type: ignore[misc]
    """Every question may be left open."""

    deprivation = line(
        DEPRIVATION.words,
        hint="For example LS6. We look up how deprived the area is, count that, and forget the postcode.",
        most=20,
    )
    ethnicity = one_of(ETHNICITY.words, _with_not_said(ETHNICITY))
    disability = one_of(DISABILITY.words, _with_not_said(DISABILITY))

    def validate_deprivation(self, field: Field) -> None:
        if field.data:
            try:
                districts_of(field.data)
            except PostcodeError as error:
                raise ValidationError(str(error)) from error
