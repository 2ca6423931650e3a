"""The form to publish times, once or as a series, and the fields for how and where people meet."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import InputRequired, ValidationError

from core.form_fields import (
    ClockTimesField,
    PlainDateField,
    build_select_choices,
    checkbox_field,
    line_field,
    radio_field,
)
from evidence.models import Call, Site
from interviews.availability.local_times import Repeat, Series
from interviews.availability.slots import MeetingDetails
from interviews.models import SlotKind
from interviews.wordings.slot_descriptions import KIND_LABELS

REPEAT_LABELS = {
    Repeat.ONCE: "On this day only",
    Repeat.WEEKDAYS: "Every day from Monday to Friday, until the last day",
    Repeat.WEEKLY: "Every week on the same day, until the last day",
}
STEP_FREE, COMPANION, NO_SITE = "step-free", "companion", "none"
ACCESS_CHOICES = [
    (STEP_FREE, "In person: there is step-free access to the room"),
    (COMPANION, "People can bring someone with them"),
]
FIRST_YEAR, LAST_YEAR = 2000, 2999  # calendar arithmetic overflows far outside


class MeetingFields(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    kind = radio_field(
        "How will you meet?",
        [(kind.value, label) for kind, label in KIND_LABELS.items()],
        required_message="Choose how you will meet.",
    )
    location = line_field(
        "Video link or address",
        hint="This appears in people’s calendars. Leave it empty for telephone interviews.",
        max_characters=500,
    )
    room = line_field("Room (optional)", hint="If you meet in person: which room, and how to find it.")
    access = checkbox_field("Access", ACCESS_CHOICES)
    site = radio_field("Who can book?", [])

    def __init__(self, *args: Any, sites: Sequence[tuple[Site, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sites = {str(site.id): site for site, _ in sites}
        choices = [(str(site.id), f"Only people from {title}") for site, title in sites]
        self["site"].choices = build_select_choices([(NO_SITE, "Everyone who takes part in the call"), *choices])
        if not self.is_submitted():
            self.prefill_meeting(MeetingDetails(SlotKind.VIDEO), kind=None)

    def prefill_meeting(self, meeting: MeetingDetails, *, kind: SlotKind | None) -> None:
        self.kind.data = kind.value if kind else None
        self.location.data, self.room.data = meeting.location, meeting.room
        self.site.data = str(meeting.site_id) if meeting.site_id else NO_SITE
        access = {STEP_FREE: meeting.is_step_free, COMPANION: meeting.takes_companion}
        self.access.data = [value for value, applies in access.items() if applies]

    def build_meeting(self) -> MeetingDetails:
        access, site = self.access.data or (), self._sites.get(self.site.data)
        is_in_person = self.kind.data == SlotKind.IN_PERSON
        return MeetingDetails(
            kind=SlotKind(self.kind.data),
            location=self.location.data.strip(),
            site_id=site.id if site else None,
            room=self.room.data if is_in_person else "",
            is_step_free=is_in_person and STEP_FREE in access,
            takes_companion=COMPANION in access,
        )


class PublishSlotsForm(MeetingFields):
    call = radio_field("Which call?", [], required_message="Choose a call.")
    first_on = PlainDateField("First day", validators=[InputRequired("Enter the first day.")])
    times = ClockTimesField("Times", description="For example 9:30, 11:00, 14:15", filters=[])
    repeat = radio_field(
        "Repeat",
        [(repeat.value, label) for repeat, label in REPEAT_LABELS.items()],
        required_message="Choose whether it repeats.",
    )
    last_on = PlainDateField("Last day", description="Only if the times repeat.")

    def __init__(self, *args: Any, calls: list[Call], **kwargs: Any) -> None:
        is_several = len(calls) > 1
        sites = [
            (site, f"{site.title} ({call.title})" if is_several else site.title)
            for call in calls
            for site in call.sites
        ]
        super().__init__(*args, sites=sites, **kwargs)
        self._site_lists = {call.slug: call.sites for call in calls}
        self["call"].choices = build_select_choices([(call.slug, call.title) for call in calls])
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
        call_sites = self._site_lists.get(self.call.data, [])
        if site is not None and site not in call_sites:
            raise ValidationError("This site does not belong to the call. Choose another site, or everyone.")

    def build_series(self, zone: str) -> Series:
        first: Any = self.first_on.data
        return Series(first, self.last_on.data or first, Repeat(self.repeat.data), self.times.parse_times(), zone)
