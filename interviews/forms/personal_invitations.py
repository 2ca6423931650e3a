"""The form to invite people by email address."""

from typing import Any

from flask_wtf import FlaskForm

from core.form_fields import build_select_choices, multiline_field, radio_field
from evidence.models import Call, Site

NO_SITE = "none"


class InvitePeopleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    addresses = multiline_field(
        "Email addresses",
        hint="Separate several addresses with commas or line breaks.",
        required="Enter at least one email address.",
        max_characters=20_000,
    )
    site = radio_field("Which site do they belong to?", [], required_message="Select a site, or “None of these”.")

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sites: dict[str, Site] = {site.key: site for site in call.sites if site.closed_at is None}
        if self._sites:
            choices = [(key, site.title) for key, site in self._sites.items()]
            self["site"].choices = build_select_choices([*choices, (NO_SITE, "None of these, or I do not know")])
        else:
            del self["site"]

    def get_chosen_site(self) -> Site | None:
        return self._sites.get(self["site"].data) if "site" in self else None
