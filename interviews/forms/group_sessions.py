"""The forms of group sessions: for staff to plan them and write them up, for people to comment."""

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
    (STEP_FREE, "The room can be reached without steps"),
    (COMPANION, "People may bring somebody with them"),
]


class SessionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    title = line_field(
        "Title",
        hint="It stands in people's calendars, so use neutral words, for example “Group session on Monday evening”.",
        required="Enter a title.",
        max_characters=80,
    )
    held_on = PlainDateField("Day", validators=[InputRequired("Enter the day.")])
    starts = ClockTimeField(
        "Starts at", description="For example 14:00", validators=[InputRequired("Enter one time, for example 14:00.")]
    )
    minutes = whole_number_field("Length in minutes", minimum=15, maximum=MAX_MINUTES)
    kind = radio_field(
        "How do you meet?",
        [(kind.value, KIND_LABELS[kind]) for kind in SESSION_KINDS],
        required_message="Say how you meet.",
    )
    place = line_field(
        "Link, or address", hint="It goes into people's calendars.", required="Say where.", max_characters=500
    )
    room = line_field("Room (optional)", hint="Which room, and how to find it.")
    access = checkbox_field("Access", ACCESS_CHOICES)
    site = radio_field("For whom?", [], required_message="Say for whom it is.")
    capacity = whole_number_field("Places", minimum=2, maximum=MAX_SEATS)
    minimum = whole_number_field(
        "Fewest people",
        minimum=1,
        maximum=MAX_SEATS,
        hint="With fewer, you are told two days before. Nothing is cancelled by itself.",
    )

    def __init__(self, *args: Any, call: Call, slot: Slot | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        sites = [(str(site.id), f"People of {site.title}") for site in call.sites]
        self["site"].choices = build_select_choices([(NO_SITE, "Everybody who takes part in the call"), *sites])
        if not self.is_submitted():
            self._prefill(slot)

    def validate_title(self, field: Field) -> None:
        if words := explain_not_neutral(field.data, call_title=self.call.title):
            raise ValidationError(words)

    def validate_held_on(self, field: Field) -> None:
        if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(f"Enter a day between {FIRST_YEAR} and {LAST_YEAR}.")

    def validate_minimum(self, field: Field) -> None:
        if field.data is not None and self.capacity.data is not None and field.data > self.capacity.data:
            raise ValidationError("This is more than there are places.")

    def build_plan(self) -> SessionPlan:
        """What a valid form says. Raises ClockChangeError."""
        held_on: Any = self.held_on.data
        starts_at = resolve_local_time(held_on, self.starts.parse_times()[0], self.call.zone)
        return SessionPlan(
            title=self.title.data,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=self.minutes.data),
            kind=SlotKind(self.kind.data),
            location=self.place.data,
            room=self.room.data,
            is_step_free=STEP_FREE in self.access.data,
            takes_companion=COMPANION in self.access.data,
            site_id=None if self.site.data == NO_SITE else UUID(self.site.data),
            capacity=self.capacity.data,
            minimum=self.minimum.data,
        )

    def _prefill(self, slot: Slot | None) -> None:
        """What stands in the boxes at first: the session as it is, or what is usual."""
        if slot is None:
            self.minutes.data, self.site.data, self.access.data = DEFAULT_MINUTES, NO_SITE, [COMPANION]
            return
        for name in ("title", "room", "capacity", "minimum"):
            self[name].data = getattr(slot, name)
        self.place.data = slot.location
        local = clock.convert_to_zone(slot.starts_at, self.call.zone)
        self.held_on.data, self.starts.data = local.date(), f"{local:%H:%M}"
        self.minutes.data = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
        self.kind.data = slot.kind.value
        self.site.data = str(slot.site_id) if slot.site_id else NO_SITE
        access = {STEP_FREE: slot.is_step_free, COMPANION: slot.takes_companion}
        self.access.data = [value for value, is_given in access.items() if is_given]


class PlanSessionForm(SessionForm):
    holder = radio_field("Who holds it?", [], required_message="Say who holds it.")

    def __init__(self, *args: Any, hosts: list[StaffMember], own_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["holder"].choices = build_select_choices([(str(member.id), member.name) for member in hosts])
        if not self.is_submitted():
            self.holder.data = str(own_id)


class ChangeSessionForm(SessionForm):
    reason = line_field(
        "Reason (optional)", hint="Everybody who has a place or waits reads it in the mail. Name nobody."
    )


class HandOverSessionForm(FlaskForm):  # type: ignore[misc]
    holder = radio_field("Who holds it from now on?", [], required_message="Say who holds it.")

    def __init__(self, *args: Any, hosts: list[StaffMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["holder"].choices = build_select_choices([(str(member.id), member.name) for member in hosts])


class CancelSessionForm(FlaskForm):  # type: ignore[misc]
    reason = line_field(
        "Reason",
        hint="Everybody who has a place reads it in the mail. Name nobody.",
        required="Say why, so that we can tell them.",
    )


class CancelSeatForm(FlaskForm):  # type: ignore[misc]
    reason = line_field("Reason (optional)", hint="The person reads it in the mail. Name nobody else.")


class AssignSeatForm(FlaskForm):  # type: ignore[misc]
    reference = line_field(
        "Reference of the person", hint="For example P-7KQ4M.", required="Enter a reference.", max_characters=20
    )


class ReleaseSeatForm(FlaskForm):  # type: ignore[misc]
    reason = multiline_field("Reason (optional)", hint="Only the people who run this call read it.")


class WriteUpForm(FlaskForm):  # type: ignore[misc]
    text = TextAreaField(
        "What the session came to",
        description="Name nobody: everybody who came reads it. An empty line begins a new paragraph.",
        filters=[lambda text: clean_text(text or "").strip()],
        validators=[
            DataRequired("Write something."),
            Length(
                max=MAX_WRITE_UP_CHARACTERS, message=f"Please shorten this to {MAX_WRITE_UP_CHARACTERS} characters."
            ),
        ],
        widget=GovTextArea(),
    )
    seen = HiddenField()


class WriteUpCommentForm(FlaskForm):  # type: ignore[misc]
    text = multiline_field("What is wrong or missing?", required="Write what you would like to say.")
