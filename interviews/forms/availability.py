"""Forms for interviewers' availability: weekly hours, time off, working preferences, calendar."""

from dataclasses import asdict
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import InputRequired, ValidationError

from core import clock
from core.form_fields import ClockTimeField, PlainDateField, checkbox_field, line_field, radio_field, whole_number_field
from evidence.models import Call
from interviews.availability import profiles
from interviews.availability.patterns import TimeOffPeriod
from interviews.availability.profiles import WorkingPreferences
from interviews.availability.slots import MeetingDetails
from interviews.availability.time_zones import is_known_zone
from interviews.availability.weekly_hours import WEEKDAYS, WeeklyHoursDetails
from interviews.forms.slots import FIRST_YEAR, LAST_YEAR, MeetingFields
from interviews.models import Gender, InterviewerProfile, SlotKind, WeeklyPattern

WEEKDAY_CHOICES = [(str(number), name) for number, name in enumerate(WEEKDAYS)]
NUMBER_FIELDS = ("minutes_before", "minutes_after", "notice_hours", "horizon_days", "most_per_day")
NOT_SAID = "not said"
GENDER_CHOICES = [
    (Gender.WOMAN.value, "A woman"),
    (Gender.MAN.value, "A man"),
    (Gender.OTHER.value, "Another way"),
    (NOT_SAID, "Prefer not to say"),
]


class BoundedDateField(PlainDateField):
    """Refuses years that overflow in calendar arithmetic."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: ARG002 WTForms passes them
        if self.data is not None and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise ValidationError(f"Enter a day between {FIRST_YEAR} and {LAST_YEAR}.")


class WeeklyHoursFields(MeetingFields):
    starts = ClockTimeField("From", description="For example 9:30", validators=[InputRequired("Enter a time.")])
    ends = ClockTimeField("To", description="For example 12:00", validators=[InputRequired("Enter a time.")])
    first_on = BoundedDateField("First day", validators=[InputRequired("Enter the first day.")])
    last_on = BoundedDateField("Last day (optional)", description="Leave this empty to continue until further notice.")

    def __init__(self, *args: Any, call: Call, pattern: WeeklyPattern | None = None, **kwargs: Any) -> None:
        own_site = pattern.site_id if pattern else None
        sites = [(site, site.title) for site in call.sites if site.closed_at is None or site.id == own_site]
        super().__init__(*args, sites=sites, **kwargs)
        self.call = call

    def validate_ends(self, field: Field) -> None:
        starts, ends = self.starts.parse_time(), field.parse_time()  # type: ignore[attr-defined]  # a ClockTimeField
        if starts is not None and ends is not None and ends <= starts:
            raise ValidationError("The end must be after the start, on the same day.")

    def build_hours_on(self, weekday: int) -> WeeklyHoursDetails:
        first_on: Any = self.first_on.data
        (starts,), (ends,) = self.starts.parse_times(), self.ends.parse_times()
        return WeeklyHoursDetails(
            call_id=self.call.id,
            weekday=weekday,
            starts=starts,
            ends=ends,
            first_on=first_on,
            last_on=self.last_on.data,
            **asdict(self.build_meeting()),
        )


class AddWeeklyHoursForm(WeeklyHoursFields):
    weekdays = checkbox_field("Which days?", WEEKDAY_CHOICES, required_message="Choose a day.")

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.first_on.data = clock.convert_to_zone(clock.now(), zone).date()

    def build_hours(self) -> list[WeeklyHoursDetails]:
        return [self.build_hours_on(int(weekday)) for weekday in self.weekdays.data]


class ChangeWeeklyHoursForm(WeeklyHoursFields):
    weekday = radio_field("Which day?", WEEKDAY_CHOICES, required_message="Choose a day.")

    def __init__(self, *args: Any, pattern: WeeklyPattern, **kwargs: Any) -> None:
        super().__init__(*args, call=pattern.call, pattern=pattern, **kwargs)
        if not self.is_submitted():
            self.prefill_meeting(_build_meeting(pattern), kind=pattern.kind)
            self.weekday.data = str(pattern.weekday)
            self.starts.data, self.ends.data = f"{pattern.starts:%H:%M}", f"{pattern.ends:%H:%M}"
            self.first_on.data, self.last_on.data = pattern.first_on, pattern.last_on

    def build_hours(self) -> list[WeeklyHoursDetails]:
        return [self.build_hours_on(int(self.weekday.data))]


class TimeOffForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    first_on = BoundedDateField("First day", validators=[InputRequired("Enter the first day.")])
    last_on = BoundedDateField("Last day (optional)", description="Leave this empty for a single day.")
    starts = ClockTimeField("From (optional)", description="Leave this empty for the whole day. For example 13:00")
    ends = ClockTimeField("To (optional)")
    note = line_field("Note (optional)", hint="Coordinators can read this too.", max_characters=100)

    def build_time_off(self) -> TimeOffPeriod:
        first: Any = self.first_on.data
        return TimeOffPeriod(first, self.last_on.data or first, self.starts.parse_time(), self.ends.parse_time())


class WorkingPreferencesForm(FlaskForm):  # type: ignore[misc]
    zone = StringField("Which time zone are your hours in?", filters=[lambda text: text or ""])
    languages = line_field(
        "Languages that you interview in, besides English (optional)", hint="Separate them with commas."
    )
    gender = radio_field(
        "How do you describe yourself? (optional)",
        GENDER_CHOICES,
        hint="Some people would rather talk to a woman or a man. We only use your answer for that.",
    )
    minutes_before = whole_number_field(
        "Minutes to keep free before each interview", hint="To prepare.", minimum=0, maximum=profiles.MAX_PAUSE_MINUTES
    )
    minutes_after = whole_number_field(
        "Minutes to keep free after each interview",
        hint="To write notes.",
        minimum=0,
        maximum=profiles.MAX_PAUSE_MINUTES,
    )
    notice_hours = whole_number_field(
        "How many hours’ notice do you need for a booking?",
        hint="For example, 24 means that people must book at least a day before.",
        minimum=0,
        maximum=profiles.MAX_NOTICE_HOURS,
    )
    horizon_days = whole_number_field(
        "How many days ahead can you be booked?", hint="For example 60.", minimum=1, maximum=profiles.MAX_HORIZON_DAYS
    )
    most_per_day = whole_number_field(
        "Most interviews on one day", hint="Enter 0 for no limit.", minimum=0, maximum=profiles.MAX_PER_DAY
    )

    def __init__(self, *args: Any, profile: InterviewerProfile, **kwargs: Any) -> None:
        data: dict[str, Any] = {name: getattr(profile, name) for name in ("zone", *NUMBER_FIELDS)}
        data |= {"languages": ", ".join(profile.languages), "gender": profile.gender or NOT_SAID}
        super().__init__(*args, data=data, **kwargs)

    def validate_zone(self, field: Field) -> None:
        if not is_known_zone(field.data):
            raise ValidationError("Choose a time zone from the list.")

    def build_preferences(self) -> WorkingPreferences:
        languages = (language.strip() for language in self.languages.data.split(","))
        numbers: dict[str, Any] = {name: self[name].data for name in NUMBER_FIELDS}
        return WorkingPreferences(
            zone=self.zone.data or "",
            languages=list(dict.fromkeys(language for language in languages if language)),
            gender=Gender(self.gender.data) if self.gender.data not in {NOT_SAID, "", None} else None,
            **numbers,
        )


class ConnectCalendarForm(FlaskForm):  # type: ignore[misc]
    address = line_field(
        "Secret address of your calendar",
        hint="Your calendar app may call this “secret address in iCal format”, “publish calendar” or “ICS link”.",
        required="Enter the address of your calendar.",
        max_characters=2000,
    )


def _build_meeting(pattern: WeeklyPattern) -> MeetingDetails:
    return MeetingDetails(
        SlotKind(pattern.kind),
        pattern.location,
        pattern.site_id,
        pattern.room,
        pattern.is_step_free,
        pattern.takes_companion,
    )
