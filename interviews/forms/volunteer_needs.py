"""What volunteers need and prefer: at sign-up, and later on “Your page”."""

from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from core.form_fields import build_select_choices, checkbox_field, line_field, multiline_field, radio_field
from evidence.models import Call
from interviews.availability.time_zones import is_known_zone
from interviews.models import Gender, Volunteer
from interviews.volunteers.needs import Needs

STEP_FREE, INTERPRETER = "step-free", "interpreter"
NO_PREFERENCE = "any"
NO_SITE = "none"
GENDER_CHOICES = [(NO_PREFERENCE, "It does not matter"), (Gender.WOMAN.value, "A woman"), (Gender.MAN.value, "A man")]


class NeedsFields(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    site = radio_field(
        "Which of these do you belong to? (optional)", [], hint="We are interviewing people about these sites."
    )
    needed = checkbox_field(
        "Do you need any of these? (optional)",
        [
            (STEP_FREE, "Step-free access, if we meet in person"),
            (INTERPRETER, "An interpreter, including for sign language"),
        ],
        hint="It takes us about 3 days to find an interpreter.",
    )
    access_needs = multiline_field(
        "Do you need anything else to take part? (optional)", hint="For example, captions, breaks or a quiet room."
    )
    language = line_field("Which language would you like to speak? (optional)", hint="Leave this empty for English.")
    companion = line_field("Will someone be with you? (optional)", hint="For example, a carer or a friend.")
    preferred_gender = radio_field("Who would you like to interview you? (optional)", GENDER_CHOICES)
    zone = StringField("Which time zone are you in? (optional)", filters=[lambda text: text or ""])

    def __init__(self, *args: Any, call: Call, own_site: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, call=call, **kwargs)
        sites = [(site.key, site.title) for site in call.sites if site.closed_at is None or site.id == own_site]
        self._site_ids: dict[str, UUID] = {site.key: site.id for site in call.sites}
        if sites:
            self["site"].choices = build_select_choices([*sites, (NO_SITE, "None of these")])
        else:
            del self["site"]

    def validate_zone(self, field: Field) -> None:
        if field.data and not is_known_zone(field.data):
            raise ValidationError("Select a time zone from the list.")

    def build_needs(self) -> Needs:
        needed, gender = set(self.needed.data or ()), self.preferred_gender.data
        return Needs(
            site_id=self._site_ids.get(self["site"].data) if "site" in self else None,
            access_needs=self.access_needs.data,
            needs_step_free=STEP_FREE in needed,
            language=self.language.data,
            needs_interpreter=INTERPRETER in needed,
            companion=self.companion.data,
            preferred_gender=Gender(gender) if gender and gender != NO_PREFERENCE else None,
            zone=self.zone.data or "",
        )


class NeedsForm(NeedsFields):
    def __init__(self, volunteer: Volunteer) -> None:
        site = volunteer.site.key if volunteer.site else NO_SITE
        flags = {STEP_FREE: volunteer.needs_step_free, INTERPRETER: volunteer.needs_interpreter}
        super().__init__(
            call=volunteer.call,
            own_site=volunteer.site_id,
            data={
                "site": site,
                "needed": [name for name, is_needed in flags.items() if is_needed],
                "access_needs": volunteer.access_needs,
                "language": volunteer.language,
                "companion": volunteer.companion,
                "preferred_gender": volunteer.preferred_gender or NO_PREFERENCE,
                "zone": volunteer.zone,
            },
        )
