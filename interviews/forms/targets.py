"""Forms to set the targets of a call, and the groups of one volunteer."""

import re
from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import Field, HiddenField, StringField
from wtforms.validators import ValidationError

from core.form_fields import checkbox_field, line_field, radio_field
from core.text_cleaning import clean_single_line
from evidence.models import Call
from interviews.models import Target, TargetAspect, Volunteer
from interviews.targets.targets import (
    GroupInUseError,
    NamedGroup,
    TargetPlan,
    TargetRange,
    normalise_language,
)

MAX_ROWS = 60
EMPTY_ROWS = 3  # for new groups, each time the page is opened
RANGE_PATTERN = re.compile(r"(\d{1,4})(?:\s*(?:to|-|–)\s*(\d{1,4}))?")
NAMED_ASPECTS = {"capacity": TargetAspect.CAPACITY, "language": TargetAspect.LANGUAGE}
SHOW_OPEN_TARGETS, ASK_EQUALITY = "sought", "equality"
SIGN_UP_OPTIONS = [
    (SHOW_OPEN_TARGETS, "Show on the sign-up form which groups need more people"),
    (ASK_EQUALITY, "Offer the equality form to people who sign up"),
]


class TargetRangeField(StringField):
    """How many interviews: "7 to 10", "7", or nothing."""

    widget = GovTextInput()

    def parse_range(self) -> TargetRange:
        text = clean_single_line(self.data or "").strip().lower()
        if not text:
            return 0, 0
        match = RANGE_PATTERN.fullmatch(text)
        if not match:
            raise ValueError(text)
        low, high = int(match[1]), int(match[2] or match[1])
        if high < low:
            raise ValueError(text)
        return low, high

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 WTForms passes it
        try:
            self.parse_range()
        except ValueError as error:
            raise ValidationError("Enter a number, for example 7, or a range, for example 7 to 10.") from error


class _TargetsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    switches = checkbox_field("When people sign up", SIGN_UP_OPTIONS)

    def list_row_numbers(self, kind: str) -> list[int]:
        prefix = f"{kind}_"
        return [int(name.split("_")[1]) for name in self._fields if name.startswith(prefix) and name.endswith("_span")]

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        are_rows_valid = [self._check_rows(kind) for kind in NAMED_ASPECTS]
        return is_valid and all(are_rows_valid)

    def _check_rows(self, kind: str) -> bool:
        seen: set[str] = set()
        is_valid = True
        for number in self.list_row_numbers(kind):
            title, span = self[f"{kind}_{number}_title"], self[f"{kind}_{number}_span"]
            message = _get_row_error(title.data or "", span.data or "", seen)
            if message:
                title.errors = [*title.errors, message]
                is_valid = False
            seen.add(normalise_language(title.data or ""))
        return is_valid

    def build_plan(self, call: Call) -> TargetPlan:
        chosen = self.switches.data or []
        return TargetPlan(
            sites={site.key: self[f"site_{n}_span"].parse_range() for n, site in enumerate(call.sites)},
            area_types={
                area_type: self[f"place_{n}_span"].parse_range() for n, area_type in enumerate(call.area_types)
            },
            capacities=self._build_groups("capacity"),
            languages=self._build_groups("language"),
            shows_open_targets=SHOW_OPEN_TARGETS in chosen,
            asks_equality=ASK_EQUALITY in chosen,
        )

    def _build_groups(self, kind: str) -> list[NamedGroup]:
        rows = [[self[f"{kind}_{n}_{part}"] for part in ("key", "title", "span")] for n in self.list_row_numbers(kind)]
        return [NamedGroup(key.data or "", title.data, span.parse_range()) for key, title, span in rows if title.data]

    def add_row_error(self, error: GroupInUseError) -> None:
        rows = [n for n in self.list_row_numbers("capacity") if self[f"capacity_{n}_key"].data == error.key]
        field = self[f"capacity_{rows[0]}_title"] if rows else self.switches
        field.errors = [*field.errors, str(error)]


def build_targets_form(call: Call, targets: list[Target], switches: list[str], submitted: Mapping[str, Any]) -> Any:
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"switches": switches}
    spans = {(target.aspect, target.key): (target.low, target.high) for target in targets}
    for n, site in enumerate(call.sites):
        fields[f"site_{n}_span"] = TargetRangeField(site.title)
        data[f"site_{n}_span"] = format_target_range((site.target_low, site.target_high))
    for n, area_type in enumerate(call.area_types):
        fields[f"place_{n}_span"] = TargetRangeField(area_type[:1].upper() + area_type[1:])
        data[f"place_{n}_span"] = format_target_range(spans.get((TargetAspect.AREA_TYPE, area_type), (0, 0)))
    for kind, aspect in NAMED_ASPECTS.items():
        own = [target for target in targets if target.aspect is aspect]
        _add_rows(fields, data, kind, own, submitted)
    return type("TargetsForm", (_TargetsForm,), fields)(data=data)


def format_target_range(span: TargetRange) -> str:
    low, high = span
    if high == 0:
        return ""
    return str(low) if low == high else f"{low} to {high}"


def _add_rows(
    fields: dict[str, Any], data: dict[str, Any], kind: str, targets: list[Target], submitted: Mapping[str, Any]
) -> None:
    rows = sum(1 for name in submitted if name.startswith(f"{kind}_") and name.endswith("_title"))
    for n in range(max(len(targets) + EMPTY_ROWS, min(rows, MAX_ROWS))):
        fields[f"{kind}_{n}_key"] = HiddenField()
        fields[f"{kind}_{n}_title"] = line_field(f"{kind.capitalize()} {n + 1}", max_characters=100)
        fields[f"{kind}_{n}_span"] = TargetRangeField(f"Interviews with {kind} {n + 1}")
        if n < len(targets):
            data[f"{kind}_{n}_key"], data[f"{kind}_{n}_title"] = targets[n].key, targets[n].title
            data[f"{kind}_{n}_span"] = format_target_range((targets[n].low, targets[n].high))


def _get_row_error(title: str, span: str, seen: set[str]) -> str:
    if span.strip() and not title:
        return "Enter a name for this group, or delete its number."
    return "Enter a different name. This one is used twice." if title and normalise_language(title) in seen else ""


class _GroupsForm(FlaskForm):  # type: ignore[misc]
    site: Field
    capacity: Field


def build_groups_form(volunteer: Volunteer, capacities: list[tuple[str, str]]) -> Any:
    sites = [(str(site.id), site.title) for site in volunteer.call.sites]
    fields = {
        "site": radio_field("Site", [*sites, ("", "None of these")]),
        "capacity": radio_field("Capacity", [*capacities, ("", "None of these")]),
    }
    data = {"site": str(volunteer.site_id or ""), "capacity": volunteer.capacity_key}
    return type("GroupsForm", (_GroupsForm,), fields)(data=data)
