"""The forms of group sessions: for staff to plan them and write them up, for people to comment."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import Field, HiddenField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from accounts.models import StaffMember
from core import clock
from evidence.fields import PlainDateField, offered, one_of, some_of
from evidence.models import Call
from evidence.words import cleaned
from interviews.availability.moments import moment
from interviews.forms.fields import line, lines
from interviews.forms.slots import FIRST_YEAR, LAST_YEAR, TimesField
from interviews.groups.sessions import MEETS, SessionPlan
from interviews.models import Slot, SlotKind
from interviews.notices.neutral import not_neutral
from interviews.wording import KIND_WORDS

USUAL_MINUTES = 120
MOST_MINUTES = 12 * 60
MOST_PLACES = 500
MOST_WRITE_UP_CHARACTERS = 100_000
STEP_FREE, COMPANION, NO_SITE = "step-free", "companion", "none"
ACCESS_WORDS = [
    (STEP_FREE, "The room can be reached without steps"),
    (COMPANION, "People may bring somebody with them"),
]


class ClockTimeField(TimesField):
    """One clock time; what was typed stays in the box."""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 WTForms passes it
        with suppress(ValueError):
            if len(self.clock_times()) == 1:
                return
        raise ValidationError("Enter one time, for example 14:00.")


class WholeNumberField(IntegerField):
    """What is no number is refused by the range, in its words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        with suppress(ValueError):
            super().process_formdata(valuelist)


def number(label: str, low: int, high: int, *, hint: str = "") -> Field:
    words = f"{label}: enter a whole number from {low} to {high}."
    return WholeNumberField(
        label,
        description=hint,
        validators=[InputRequired(words), NumberRange(low, high, words)],
        widget=GovTextInput(),
    )


class SessionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    title = line(
        "Title",
        hint="It stands in people's calendars, so use neutral words, for example “Group session on Monday evening”.",
        required="Enter a title.",
        most=80,
    )
    held_on = PlainDateField("Day", validators=[InputRequired("Enter the day.")])
    starts = ClockTimeField("Starts at", description="For example 14:00", filters=[])
    minutes = number("Length in minutes", 15, MOST_MINUTES)
    kind = one_of("How do you meet?", [(kind.value, KIND_WORDS[kind]) for kind in MEETS], required="Say how you meet.")
    place = line("Link, or address", hint="It goes into people's calendars.", required="Say where.", most=500)
    room = line("Room (optional)", hint="Which room, and how to find it.")
    access = some_of("Access", ACCESS_WORDS)
    site = one_of("For whom?", [], required="Say for whom it is.")
    capacity = number("Places", 2, MOST_PLACES)
    minimum = number(
        "Fewest people",
        1,
        MOST_PLACES,
        hint="With fewer, you are told two days before. Nothing is cancelled by itself.",
    )

    def __init__(self, *args: Any, call: Call, slot: Slot | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        sites = [(str(site.id), f"People of {site.title}") for site in call.sites]
        self["site"].choices = offered([(NO_SITE, "Everybody who takes part in the call"), *sites])
        if not self.is_submitted():
            self._begin(slot)

    def validate_title(self, field: Field) -> None:
        if words := not_neutral(field.data, call_title=self.call.title):
            raise ValidationError(words)

    def validate_held_on(self, field: Field) -> None:
        if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(f"Enter a day between {FIRST_YEAR} and {LAST_YEAR}.")

    def validate_minimum(self, field: Field) -> None:
        if field.data is not None and self.capacity.data is not None and field.data > self.capacity.data:
            raise ValidationError("This is more than there are places.")

    def planned(self) -> SessionPlan:
        """What a valid form says. Raises ClockChangeError."""
        held_on: Any = self.held_on.data
        starts_at = moment(held_on, self.starts.clock_times()[0], self.call.zone)
        return SessionPlan(
            title=self.title.data,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=self.minutes.data),
            kind=SlotKind(self.kind.data),
            place=self.place.data,
            room=self.room.data,
            is_step_free=STEP_FREE in self.access.data,
            takes_companion=COMPANION in self.access.data,
            site_id=None if self.site.data == NO_SITE else UUID(self.site.data),
            capacity=self.capacity.data,
            minimum=self.minimum.data,
        )

    def _begin(self, slot: Slot | None) -> None:
        """What stands in the boxes at first: the session as it is, or what is usual."""
        if slot is None:
            self.minutes.data, self.site.data, self.access.data = USUAL_MINUTES, NO_SITE, [COMPANION]
            return
        for name in ("title", "place", "room", "capacity", "minimum"):
            self[name].data = getattr(slot, name)
        local = clock.in_zone(slot.starts_at, self.call.zone)
        self.held_on.data, self.starts.data = local.date(), f"{local:%H:%M}"
        self.minutes.data = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
        self.kind.data = slot.kind.value
        self.site.data = str(slot.site_id) if slot.site_id else NO_SITE
        access = {STEP_FREE: slot.is_step_free, COMPANION: slot.takes_companion}
        self.access.data = [value for value, is_given in access.items() if is_given]


class PlanSessionForm(SessionForm):
    holder = one_of("Who holds it?", [], required="Say who holds it.")

    def __init__(self, *args: Any, holders: list[StaffMember], own_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["holder"].choices = offered([(str(member.id), member.name) for member in holders])
        if not self.is_submitted():
            self.holder.data = str(own_id)


class ChangeSessionForm(SessionForm):
    reason = line("Reason (optional)", hint="Everybody who has a place or waits reads it in the mail. Name nobody.")


class HandOverForm(FlaskForm):  # type: ignore[misc]
    holder = one_of("Who holds it from now on?", [], required="Say who holds it.")

    def __init__(self, *args: Any, holders: list[StaffMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["holder"].choices = offered([(str(member.id), member.name) for member in holders])


class CancelSessionForm(FlaskForm):  # type: ignore[misc]
    reason = line(
        "Reason",
        hint="Everybody who has a place reads it in the mail. Name nobody.",
        required="Say why, so that we can tell them.",
    )


class CancelPlaceForm(FlaskForm):  # type: ignore[misc]
    reason = line("Reason (optional)", hint="The person reads it in the mail. Name nobody else.")


class GivePlaceForm(FlaskForm):  # type: ignore[misc]
    reference = line("Reference of the person", hint="For example P-7KQ4M.", required="Enter a reference.", most=20)


class GiveUpPlaceForm(FlaskForm):  # type: ignore[misc]
    reason = lines("Reason (optional)", hint="Only the people who run this call read it.")


class WriteUpForm(FlaskForm):  # type: ignore[misc]
    text = TextAreaField(
        "What the session came to",
        description="Name nobody: everybody who came reads it. An empty line begins a new paragraph.",
        filters=[lambda text: cleaned(text or "").strip()],
        validators=[
            DataRequired("Write something."),
            Length(
                max=MOST_WRITE_UP_CHARACTERS, message=f"Please shorten this to {MOST_WRITE_UP_CHARACTERS} characters."
            ),
        ],
        widget=GovTextArea(),
    )
    seen = HiddenField()


class CommentForm(FlaskForm):  # type: ignore[misc]
    text = lines("What is wrong or missing?", required="Write what you would like to say.")
