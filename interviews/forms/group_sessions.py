"""Forms for group sessions: plan and change them, give and cancel places, write and comment on summaries."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import Field, HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from accounts.models import StaffMember
from core import clock
from core.form_fields import (
    ClockTimeField,
    PlainDateField,
    build_select_choices,
    checkbox_field,
    line_field,
    multiline_field,
    radio_field,
    whole_number_field,
)
from core.text_cleaning import clean_text
from evidence.models import Call
from interviews.availability.local_times import resolve_local_time
from interviews.forms.slots import FIRST_YEAR, LAST_YEAR
from interviews.group_sessions.sessions import SESSION_KINDS, SessionPlan
from interviews.models import Slot, SlotKind
from interviews.wordings.health_terms import explain_not_neutral
from interviews.wordings.slot_descriptions import KIND_LABELS

DEFAULT_MINUTES = 120
MAX_MINUTES = 12 * 60
MAX_SEATS = 500
MAX_WRITE_UP_CHARACTERS = 100_000
STEP_FREE, COMPANION, NO_SITE = "step-free", "companion", "none"
ACCESS_CHOICES = [
    (STEP_FREE, "The room has step-free access"),
    (COMPANION, "People can bring someone with them"),
]


class SessionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    title = line_field(
        "Title",
        hint="People see this in their calendars, so do not mention health. For example, “Monday evening session”.",
        required="Enter a title.",
        max_characters=80,
    )
    session_date = PlainDateField("Date", validators=[InputRequired("Enter the date.")])
    starts = ClockTimeField(
        "Start time", description="For example, 14:00", validators=[InputRequired("Enter one time, for example 14:00.")]
    )
    minutes = whole_number_field("Length in minutes", minimum=15, maximum=MAX_MINUTES)
    kind = radio_field(
        "How will you meet?",
        [(kind.value, KIND_LABELS[kind]) for kind in SESSION_KINDS],
        required_message="Select how you will meet.",
    )
    location = line_field(
        "Video link or address",
        hint="People see this in their calendars.",
        required="Enter the video link or the address.",
        max_characters=500,
    )
    room = line_field("Room (optional)", hint="Include how to find it.")
    access = checkbox_field("Access", ACCESS_CHOICES)
    site = radio_field("Who is it for?", [], required_message="Select who the session is for.")
    capacity = whole_number_field("Places", minimum=2, maximum=MAX_SEATS)
    minimum = whole_number_field(
        "Minimum number of people",
        minimum=1,
        maximum=MAX_SEATS,
        hint="We will email you 2 days before if fewer people have a place. We will not cancel the session.",
    )

    def __init__(self, *args: Any, call: Call, slot: Slot | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        sites = [(str(site.id), f"People at {site.title}") for site in call.sites]
        everyone = (NO_SITE, "Everyone who takes part in this call for evidence")
        self["site"].choices = build_select_choices([everyone, *sites])
        if not self.is_submitted():
            self._prefill(slot)

    def validate_title(self, field: Field) -> None:
        if message := explain_not_neutral(field.data, call_title=self.call.title):
            raise ValidationError(message)

    def validate_session_date(self, field: Field) -> None:
        if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(f"Enter a date between {FIRST_YEAR} and {LAST_YEAR}.")

    def validate_minimum(self, field: Field) -> None:
        if field.data is not None and self.capacity.data is not None and field.data > self.capacity.data:
            raise ValidationError("The minimum cannot be more than the number of places.")

    def build_plan(self) -> SessionPlan:
        """Raises ClockChangeError."""
        session_date: Any = self.session_date.data
        starts_at = resolve_local_time(session_date, self.starts.parse_times()[0], self.call.zone)
        return SessionPlan(
            title=self.title.data,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=self.minutes.data),
            kind=SlotKind(self.kind.data),
            location=self.location.data,
            room=self.room.data,
            is_step_free=STEP_FREE in self.access.data,
            takes_companion=COMPANION in self.access.data,
            site_id=None if self.site.data == NO_SITE else UUID(self.site.data),
            capacity=self.capacity.data,
            minimum=self.minimum.data,
        )

    def _prefill(self, slot: Slot | None) -> None:
        if slot is None:
            self.minutes.data, self.site.data, self.access.data = DEFAULT_MINUTES, NO_SITE, [COMPANION]
            return
        for name in ("title", "room", "capacity", "minimum"):
            self[name].data = getattr(slot, name)
        self.location.data = slot.location
        local = clock.convert_to_zone(slot.starts_at, self.call.zone)
        self.session_date.data, self.starts.data = local.date(), f"{local:%H:%M}"
        self.minutes.data = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
        self.kind.data = slot.kind.value
        self.site.data = str(slot.site_id) if slot.site_id else NO_SITE
        access = {STEP_FREE: slot.is_step_free, COMPANION: slot.takes_companion}
        self.access.data = [value for value, is_set in access.items() if is_set]


class PlanSessionForm(SessionForm):
    host = radio_field("Who will run the session?", [], required_message="Select who will run the session.")

    def __init__(self, *args: Any, hosts: list[StaffMember], own_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["host"].choices = build_select_choices([(str(member.id), member.name) for member in hosts])
        if not self.is_submitted():
            self.host.data = str(own_id)


class ChangeSessionForm(SessionForm):
    reason = line_field(
        "Reason (optional)",
        hint="We include this in the email to everyone with a place or on the waiting list. Do not name anyone.",
    )


class HandOverSessionForm(FlaskForm):  # type: ignore[misc]
    host = radio_field("Who will run the session?", [], required_message="Select who will run the session.")

    def __init__(self, *args: Any, hosts: list[StaffMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["host"].choices = build_select_choices([(str(member.id), member.name) for member in hosts])


class CancelSessionForm(FlaskForm):  # type: ignore[misc]
    reason = line_field(
        "Reason",
        hint="We include this in the email to everyone with a place. Do not name anyone.",
        required="Enter a reason.",
    )


class CancelSeatForm(FlaskForm):  # type: ignore[misc]
    reason = line_field("Reason (optional)", hint="We include this in the email to them. Do not name anyone else.")


class AssignSeatForm(FlaskForm):  # type: ignore[misc]
    reference = line_field("Reference", hint="For example, P-7KQ4M", required="Enter a reference.", max_characters=20)


class ReleaseSeatForm(FlaskForm):  # type: ignore[misc]
    reason = multiline_field("Reason (optional)", hint="Only the people who run this call for evidence can read it.")


class WriteUpForm(FlaskForm):  # type: ignore[misc]
    text = TextAreaField(
        "Summary",
        description="Do not name anyone. Everyone who came will read this. Leave an empty line between paragraphs.",
        filters=[lambda text: clean_text(text or "").strip()],
        validators=[
            DataRequired("Enter a summary."),
            Length(
                max=MAX_WRITE_UP_CHARACTERS, message=f"Please shorten this to {MAX_WRITE_UP_CHARACTERS} characters."
            ),
        ],
        widget=GovTextArea(),
    )
    seen = HiddenField()


class WriteUpCommentForm(FlaskForm):  # type: ignore[misc]
    text = multiline_field("What is wrong or missing?", required="Enter your comment.")
