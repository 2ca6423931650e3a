"""The form with which an interviewer offers times, once or as a series, and the fields of how people meet."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import Field, StringField
from wtforms.validators import InputRequired, ValidationError

from evidence.fields import PlainDateField, offered, one_of, some_of
from evidence.models import Call, Site
from interviews.availability.moments import Repeat, Series
from interviews.forms.fields import line
from interviews.models import SlotKind
from interviews.slots import Meeting
from interviews.wording import KIND_WORDS

REPEAT_WORDS = {
    Repeat.ONCE: "On this day only",
    Repeat.WEEKDAYS: "Every day from Monday to Friday, until the last day",
    Repeat.WEEKLY: "Every week on the same day, until the last day",
}
STEP_FREE, COMPANION, NO_SITE = "step-free", "companion", "none"
ACCESS_WORDS = [
    (STEP_FREE, "In person: the room can be reached without steps"),
    (COMPANION, "People may bring somebody with them"),
]
FIRST_YEAR, LAST_YEAR = 2000, 2999  # far from where a calendar ends and a day cannot be reckoned with
CLOCK_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")


class TimesField(StringField):
    """Clock times with commas or blanks between them; what was typed stays in the box."""

    widget = GovTextInput()

    def clock_times(self) -> tuple[time, ...]:
        return tuple(_clock_time(part) for part in re.split(r"[,;\s]+", (self.data or "").strip()))

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 WTForms passes it
        try:
            self.clock_times()
        except ValueError as error:
            raise ValidationError("Enter times like 9:30, 11:00 or 14:15, with commas between them.") from error


class MeetingFields(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    kind = one_of(
        "How do you meet?",
        [(kind.value, words) for kind, words in KIND_WORDS.items()],
        required="Say how you meet.",
    )
    place = line(
        "Link, or address", hint="It goes into people's calendars. Leave it empty for the telephone.", most=500
    )
    room = line("Room (optional)", hint="In person: which room, and how to find it.")
    access = some_of("Access", ACCESS_WORDS)
    site = one_of("For whom?", [])

    def __init__(self, *args: Any, sites: Sequence[tuple[Site, str]], **kwargs: Any) -> None:
        """`sites`: each with what it is called in the list."""
        super().__init__(*args, **kwargs)
        self._sites = {str(site.id): site for site, _ in sites}
        choices = [(str(site.id), f"Only people of {title}") for site, title in sites]
        self["site"].choices = offered([(NO_SITE, "Everybody who takes part in the call"), *choices])
        if not self.is_submitted():
            self.begin_meeting(Meeting(SlotKind.VIDEO), kind=None)

    def begin_meeting(self, meeting: Meeting, *, kind: SlotKind | None) -> None:
        """What stands in the boxes at first."""
        self.kind.data = kind.value if kind else None
        self.place.data, self.room.data = meeting.place, meeting.room
        self.site.data = str(meeting.site_id) if meeting.site_id else NO_SITE
        given = {STEP_FREE: meeting.is_step_free, COMPANION: meeting.takes_companion}
        self.access.data = [value for value, is_given in given.items() if is_given]

    def meeting(self) -> Meeting:
        """What a valid form says."""
        access, site = self.access.data or (), self._sites.get(self.site.data)
        is_in_person = self.kind.data == SlotKind.IN_PERSON
        return Meeting(
            kind=SlotKind(self.kind.data),
            place=self.place.data.strip(),
            site_id=site.id if site else None,
            room=self.room.data if is_in_person else "",
            is_step_free=is_in_person and STEP_FREE in access,
            takes_companion=COMPANION in access,
        )


class PublishSlotsForm(MeetingFields):
    call = one_of("For which call?", [], required="Choose a call.")
    first_on = PlainDateField("First day", validators=[InputRequired("Enter the first day.")])
    times = TimesField("Times", description="For example 9:30, 11:00, 14:15", filters=[])
    repeat = one_of(
        "Repeat", [(repeat.value, words) for repeat, words in REPEAT_WORDS.items()], required="Say whether it repeats."
    )
    last_on = PlainDateField("Last day", description="Only if it repeats.")

    def __init__(self, *args: Any, calls: list[Call], **kwargs: Any) -> None:
        is_several = len(calls) > 1
        sites = [
            (site, f"{site.title} ({call.title})" if is_several else site.title)
            for call in calls
            for site in call.sites
        ]
        super().__init__(*args, sites=sites, **kwargs)
        self._site_lists = {call.slug: call.sites for call in calls}
        self["call"].choices = offered([(call.slug, call.title) for call in calls])
        if not self.is_submitted():
            self.repeat.data = Repeat.ONCE.value
            self.call.data = calls[0].slug if len(calls) == 1 else None

    def validate_first_on(self, field: Field) -> None:
        if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(f"Enter a day between {FIRST_YEAR} and {LAST_YEAR}.")

    def validate_last_on(self, field: Field) -> None:
        if self.repeat.data != Repeat.ONCE and field.data is None:
            raise ValidationError("Enter the last day, or choose “On this day only”.")

    def validate_site(self, field: Field) -> None:
        site = self._sites.get(field.data)
        if site is not None and site.id not in {own.id for own in self._site_lists.get(self.call.data, [])}:
            raise ValidationError("This site does not belong to the call. Choose another, or everybody.")

    def series(self, zone: str) -> Series:
        """What a valid form says; call it after validation."""
        first: Any = self.first_on.data
        return Series(first, self.last_on.data or first, Repeat(self.repeat.data), self.times.clock_times(), zone)


def _clock_time(text: str) -> time:
    found = CLOCK_TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))
