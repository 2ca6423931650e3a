"""The forms about who runs this installation, and its pages."""

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import ValidationError

from core.form_fields import email_field, line_field, multiline_field
from evidence.call_forms import split_lines, text_field, validate_accent
from evidence.call_page import is_link_usable


class InstallationForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    name = line_field(
        "Name",
        hint="Of the organisation that runs this website. It is on every page and in every email.",
        required="Enter a name.",
        max_characters=80,
    )
    email = email_field("Email address", required_message="")
    phone = line_field("Phone number", max_characters=40)
    postal_address = multiline_field("Postal address", hint="Lines as on an envelope.", max_characters=500)
    accent = line_field("Colour", hint="Like #17564f. Leave it blank for the usual one.", max_characters=7)
    footer_links = multiline_field(
        "Links at the foot of every page", hint="One on each line: the title, a space, then the link."
    )

    validate_accent = validate_accent

    def validate_footer_links(self, field: Field) -> None:
        for line in split_lines(field.data):
            title, _, url = line.rpartition(" ")
            if not title or not is_link_usable(url):
                raise ValidationError(f"“{line[:60]}” needs a title and a link, like: About us https://example.org")

    def read_footer_links(self) -> list[dict[str, str]]:
        parts = (line.rpartition(" ") for line in split_lines(self.footer_links.data))
        return [{"title": title.strip(), "url": url} for title, _, url in parts]


class InstallationPagesForm(FlaskForm):  # type: ignore[misc]
    privacy_notice = text_field("Privacy notice")
    accessibility_statement = text_field("Accessibility statement")
    terms = text_field("Terms")
