"""Forms of the codebook and of giving words a theme."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect
from wtforms import FileField, SelectField

from core.form_fields import line_field, multiline_field
from review.coding.codebook import ThemeDetails, ThemeLine
from review.models import Theme, ThemeColour, ThemePattern

NO_THEME = ""
INDENT = "\u2003"  # an em space


class ThemeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    name = line_field(
        "Name", hint="Short, and different from all others.", required="Enter a name.", max_characters=100
    )
    definition = multiline_field("Definition (optional)", hint="What it means, in one or two sentences.")
    when_to_use = multiline_field("When to use it (optional)")
    when_not_to_use = multiline_field("When not to use it (optional)", hint="For example, which theme to use instead.")
    example = multiline_field("Example (optional)", hint="Words made up by you. People’s own words are with the theme.")
    parent = SelectField("Below", default="", widget=GovSelect(), description="The theme that it is a part of.")
    colour = SelectField("Colour", default="", widget=GovSelect())
    pattern = SelectField(
        "Pattern", default="", widget=GovSelect(), description="So that a theme is known without its colour."
    )

    @classmethod
    def build(
        cls, lines: Sequence[ThemeLine], theme: Theme | None = None, parent_id: UUID | None = None
    ) -> "ThemeForm":
        form = cls(obj=theme, parent=str(parent_id or ""))
        form.parent.choices = [(NO_THEME, "Nothing: it is on the first level"), *list_theme_choices(lines)]
        form.colour.choices = [
            ("", "The next that is free"),
            *((one.value, one.value.capitalize()) for one in ThemeColour),
        ]
        form.pattern.choices = [
            ("", "The next that is free"),
            *((one.value, one.value.capitalize()) for one in ThemePattern),
        ]
        if theme is not None:
            del form.parent
        return form

    def read_details(self) -> ThemeDetails:
        return ThemeDetails(
            name=self.name.data,
            definition=self.definition.data,
            when_to_use=self.when_to_use.data,
            when_not_to_use=self.when_not_to_use.data,
            example=self.example.data,
            colour=ThemeColour(self.colour.data) if self.colour.data else None,
            pattern=ThemePattern(self.pattern.data) if self.pattern.data else None,
        )


class ThemeChoiceForm(FlaskForm):  # type: ignore[misc]
    """To move a theme below another one, or to merge it into one."""

    theme = SelectField("Theme", default="", widget=GovSelect())

    @classmethod
    def build(cls, label: str, lines: Sequence[ThemeLine], *, no_theme: str = "") -> "ThemeChoiceForm":
        form = cls()
        form.theme.label.text = label
        form.theme.choices = [*([(NO_THEME, no_theme)] if no_theme else []), *list_theme_choices(lines)]
        return form


class SplitThemeForm(FlaskForm):  # type: ignore[misc]
    name = line_field("Name of the new theme", required="Enter a name.", max_characters=100)


class MemoForm(FlaskForm):  # type: ignore[misc]
    memo = multiline_field("Note", required="Write the note.", max_characters=5000)


class CodeWordsForm(FlaskForm):  # type: ignore[misc]
    theme = SelectField("Theme", default="", widget=GovSelect())
    new_theme = line_field("Or the name of a new theme", max_characters=100)
    memo = multiline_field("Note on these words (optional)", max_characters=5000)

    @classmethod
    def build(cls, lines: Sequence[ThemeLine]) -> "CodeWordsForm":
        form = cls()
        form.theme.choices = [(NO_THEME, "Choose a theme"), *list_theme_choices(lines)]
        return form


class ImportCodebookForm(FlaskForm):  # type: ignore[misc]
    codebook = FileField(
        "Codebook", widget=GovFileInput(), description="A .qdc file (REFI-QDA) or a .csv file with a column “name”."
    )


def list_theme_choices(lines: Sequence[ThemeLine]) -> list[tuple[Any, str]]:
    return [(str(line.id), INDENT * line.depth + line.theme.name) for line in lines]
