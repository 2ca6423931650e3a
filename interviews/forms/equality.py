"""The equality monitoring form."""

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import ValidationError

from core.form_fields import line_field, radio_field
from interviews.equality.equality_questions import (
    DEPRIVATION,
    DISABILITY,
    ETHNICITY,
    NOT_SAID,
    EqualityQuestion,
    PostcodeError,
    parse_district_and_area,
)


def _list_answer_choices(question: EqualityQuestion) -> list[tuple[str, str]]:
    return [*question.answers, (NOT_SAID, "Prefer not to say")]


class EqualityForm(FlaskForm):  # type: ignore[misc]
    deprivation = line_field(
        DEPRIVATION.label,
        hint="For example, LS6. We look up how deprived the area is and do not keep the postcode.",
        max_characters=20,
    )
    ethnicity = radio_field(ETHNICITY.label, _list_answer_choices(ETHNICITY))
    disability = radio_field(DISABILITY.label, _list_answer_choices(DISABILITY))

    def validate_deprivation(self, field: Field) -> None:
        if field.data:
            try:
                parse_district_and_area(field.data)
            except PostcodeError as error:
                raise ValidationError(str(error)) from error
