"""The forms with which interviewers say when they can be booked: weekly hours, time off, ways of working, calendar."""

from contextlib import suppress
from dataclasses import asdict
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import Field, IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from core import clock
from evidence.fields import PlainDateField, one_of, some_of
from evidence.models import Call
from interviews.availability import profiles
from interviews.availability.patterns import Away
from interviews.availability.profiles import WayOfWorking
from interviews.availability.weekly_hours import WEEKDAYS, Hours
from interviews.forms.fields import line
from interviews.forms.slots import FIRST_YEAR, LAST_YEAR, MeetingFields, TimesField
from interviews.models import Gender, InterviewerProfile, SlotKind, WeeklyPattern
from interviews.offering.zones import is_zone
from interviews.slots import Meeting

WEEKDAY_CHOICES = [(str(number), name) for number, name in enumerate(WEEKDAYS)]
NUMBERS = ("minutes_before", "minutes_after", "notice_hours", "horizon_days", "most_per_day")
NOT_SAID = "not said"
GENDER_CHOICES = [
    (Gender.WOMAN.value, "A woman"),
    (Gender.MAN.value, "A man"),
    (Gender.OTHER.value, "In another way"),
    (NOT_SAID, "I do not say"),
]


class ClockTimeField(TimesField):
    """One time; it may be empty where it is not required."""

    def clock_time(self) -> time | None:
        """None of what is empty or no time."""
        with suppress(ValueError):
            return self.clock_times()[0]
        return None

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 WTForms passes it
        if (self.data or "").strip() and not self._is_one_time():
            raise ValidationError("Enter one time with its minutes, for example 9:30 or 14:00.")

    def _is_one_time(self) -> bool:
        try:
            return len(self.clock_times()) == 1
        except ValueError:
            return False


class FarDateField(PlainDateField):
    """A day that calendars can reckon with."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: ARG002 WTForms passes them
        if self.data is not None and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise ValidationError(f"Enter a day between {FIRST_YEAR} and {LAST_YEAR}.")


class WholeNumberField(IntegerField):
    """What was typed stays in the box, also when it is no number."""

    widget = GovTextInput()

    def __init__(self, label: str, *, hint: str, least: int, most: int, **kwargs: Any) -> None:
        self.words = f"Enter a whole number from {least} to {most}."
        validators = [InputRequired(self.words), NumberRange(least, most, self.words)]
        super().__init__(label, description=hint, validators=validators, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(self.words) from error


class HoursFields(MeetingFields):
    starts = ClockTimeField("From", description="For example 9:30", validators=[InputRequired("Enter a time.")])
    ends = ClockTimeField("To", description="For example 12:00", validators=[InputRequired("Enter a time.")])
    first_on = FarDateField("First day", validators=[InputRequired("Enter the first day.")])
    last_on = FarDateField("Last day (optional)", description="Leave it empty if there is none.")

    def __init__(self, *args: Any, call: Call, pattern: WeeklyPattern | None = None, **kwargs: Any) -> None:
        own_site = pattern.site_id if pattern else None
        sites = [(site, site.title) for site in call.sites if site.closed_at is None or site.id == own_site]
        super().__init__(*args, sites=sites, **kwargs)
        self.call = call

    def validate_ends(self, field: Field) -> None:
        starts, ends = self.starts.clock_time(), field.clock_time()  # type: ignore[attr-defined]  # a ClockTimeField
        if starts is not None and ends is not None and ends <= starts:
            raise ValidationError("The end has to come after the start, on the same day.")

    def hours_on(self, weekday: int) -> Hours:
        """What a valid form says of one weekday."""
        first_on: Any = self.first_on.data
        (starts,), (ends,) = self.starts.clock_times(), self.ends.clock_times()
        return Hours(
            call_id=self.call.id,
            weekday=weekday,
            starts=starts,
            ends=ends,
            first_on=first_on,
            last_on=self.last_on.data,
            **asdict(self.meeting()),
        )


class AddHoursForm(HoursFields):
    weekdays = some_of("On which days?", WEEKDAY_CHOICES, required="Choose a day.")

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.first_on.data = clock.in_zone(clock.now(), zone).date()

    def hours(self) -> list[Hours]:
        return [self.hours_on(int(weekday)) for weekday in self.weekdays.data]


class ChangeHoursForm(HoursFields):
    weekday = one_of("On which day?", WEEKDAY_CHOICES, required="Choose a day.")

    def __init__(self, *args: Any, pattern: WeeklyPattern, **kwargs: Any) -> None:
        super().__init__(*args, call=pattern.call, pattern=pattern, **kwargs)
        if not self.is_submitted():
            self.begin_meeting(_meeting_of(pattern), kind=pattern.kind)
            self.weekday.data = str(pattern.weekday)
            self.starts.data, self.ends.data = f"{pattern.starts:%H:%M}", f"{pattern.ends:%H:%M}"
            self.first_on.data, self.last_on.data = pattern.first_on, pattern.last_on

    def hours(self) -> list[Hours]:
        return [self.hours_on(int(self.weekday.data))]


class TimeOffForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    first_on = FarDateField("First day", validators=[InputRequired("Enter the first day.")])
    last_on = FarDateField("Last day (optional)", description="Leave it empty for one day.")
    starts = ClockTimeField("From (optional)", description="Only if it is not the whole day. For example 13:00")
    ends = ClockTimeField("To (optional)")
    note = line("Note (optional)", hint="Coordinators read it too.", most=100)

    def away(self) -> Away:
        """What a valid form says."""
        first: Any = self.first_on.data
        return Away(first, self.last_on.data or first, self.starts.clock_time(), self.ends.clock_time())


class WayOfWorkingForm(FlaskForm):  # type: ignore[misc]
    zone = StringField("On which clocks are your hours?", filters=[lambda text: text or ""])
    languages = line("Languages that you hold interviews in, besides English (optional)", hint="With commas between.")
    gender = one_of(
        "How do you describe yourself? (optional)",
        GENDER_CHOICES,
        hint="Some people would rather talk with a woman or with a man. It is used for that alone.",
    )
    minutes_before = WholeNumberField(
        "Minutes to keep free before each interview", hint="To prepare.", least=0, most=profiles.MOST_PAUSE_MINUTES
    )
    minutes_after = WholeNumberField(
        "Minutes to keep free after each interview", hint="To write notes.", least=0, most=profiles.MOST_PAUSE_MINUTES
    )
    notice_hours = WholeNumberField(
        "How many hours before an interview may it still be booked?",
        hint="24 means: no later than the day before.",
        least=0,
        most=profiles.MOST_NOTICE_HOURS,
    )
    horizon_days = WholeNumberField(
        "How many days ahead can you be booked?", hint="For example 60.", least=1, most=profiles.MOST_HORIZON_DAYS
    )
    most_per_day = WholeNumberField(
        "Most interviews on one day", hint="0 means: no limit.", least=0, most=profiles.MOST_PER_DAY
    )

    def __init__(self, *args: Any, profile: InterviewerProfile, **kwargs: Any) -> None:
        known: dict[str, Any] = {name: getattr(profile, name) for name in ("zone", *NUMBERS)}
        known |= {"languages": ", ".join(profile.languages), "gender": profile.gender or NOT_SAID}
        super().__init__(*args, data=known, **kwargs)

    def validate_zone(self, field: Field) -> None:
        if not is_zone(field.data):
            raise ValidationError("Choose a place from the list.")

    def way(self) -> WayOfWorking:
        """What a valid form says."""
        spoken = (language.strip() for language in self.languages.data.split(","))
        numbers: dict[str, Any] = {name: self[name].data for name in NUMBERS}
        return WayOfWorking(
            zone=self.zone.data or "",
            languages=list(dict.fromkeys(language for language in spoken if language)),
            gender=Gender(self.gender.data) if self.gender.data not in {NOT_SAID, "", None} else None,
            **numbers,
        )


class OwnCalendarForm(FlaskForm):  # type: ignore[misc]
    address = line(
        "Secret address of your calendar",
        hint="Your calendar program calls it “secret address in iCal format”, “publish calendar” or “ICS link”.",
        required="Enter the address of your calendar.",
        most=2000,
    )


def _meeting_of(pattern: WeeklyPattern) -> Meeting:
    return Meeting(
        SlotKind(pattern.kind),
        pattern.place,
        pattern.site_id,
        pattern.room,
        pattern.is_step_free,
        pattern.takes_companion,
    )
