"""How far somebody withdraws, chosen by themselves or by a coordinator for them."""

from flask_wtf import FlaskForm

from core.form_fields import build_select_choices, multiline_field, radio_field
from evidence.consent_rules import Withdrawal

GRADE_LABELS = {
    Withdrawal.NO_CONTACT: "Do not contact me any more, but use what I gave",
    Withdrawal.NO_USE: "Do not use what I gave any more",
    Withdrawal.ERASE: "Erase what I gave",
}
LATER, NOW = "later", "now"
WHEN_CHOICES = [
    (LATER, "In 7 days. It is hidden now, and you can still change your mind"),
    (NOW, "Now. This cannot be undone"),
]
GRADE_MISSING = "Select how far you want to withdraw."


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    grade = radio_field("How far do you want to withdraw?", [], required_message=GRADE_MISSING)
    when = radio_field("If you want it erased, when?", WHEN_CHOICES)

    def __init__(self, grades: tuple[Withdrawal, ...]) -> None:
        super().__init__()
        self.grade.choices = build_select_choices([(grade.value, GRADE_LABELS[grade]) for grade in grades])  # type: ignore[attr-defined]  # a RadioField

    @property
    def chosen_grade(self) -> Withdrawal:
        return Withdrawal(self.grade.data)

    @property
    def is_immediate(self) -> bool:
        return bool(self.when.data == NOW)


class ProposeWithdrawalForm(WithdrawForm):
    reason = multiline_field("Why do you do this for them?", required="Write why.", max_characters=500)
