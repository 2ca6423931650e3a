"""Forms for booking, changing and cancelling interviews, recording outcomes, and letters."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms import BooleanField, RadioField

from core.form_fields import RequireChoice, build_select_choices, line_field, multiline_field, radio_field
from interviews.bookings.staff_changes import InterviewLocation, get_interview_location
from interviews.models import BookingStatus, Slot, SlotKind
from interviews.wordings.slot_descriptions import KIND_LABELS

REASON_HINT = "We include this in the email to the person. Do not name anyone else."
OUTCOME_LABELS = {BookingStatus.COMPLETED: "It took place", BookingStatus.NO_SHOW: "The person did not come"}


class ReassignInterviewForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    interviewer = radio_field("Who is the new interviewer?", [], required_message="Choose the new interviewer.")
    reason = line_field("Reason (optional)", hint=REASON_HINT)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["interviewer"].choices = build_select_choices(choices)


class SwapInterviewsForm(FlaskForm):  # type: ignore[misc]
    other = RadioField(
        "Swap with", validators=[RequireChoice("Choose an interview.")], validate_choice=False, choices=[]
    )
    reason = line_field("Reason (optional)", hint="We include this in the emails to both people. Do not name anyone.")


class ChangeLocationForm(FlaskForm):  # type: ignore[misc]
    kind = radio_field(
        "How will you meet?",
        [(kind.value, label) for kind, label in KIND_LABELS.items()],
        required_message="Choose how you will meet.",
    )
    location = line_field(
        "Video link or address", hint="Leave this empty for telephone interviews.", max_characters=500
    )
    room = line_field("Room and how to find it (optional)", hint="Only if you meet in person.")
    is_step_free = BooleanField("There is step-free access", widget=GovCheckboxInput())
    reason = line_field("Reason (optional)", hint=REASON_HINT)

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        current = get_interview_location(slot)
        data = {
            "kind": current.kind.value,
            "location": current.link_or_address,
            "room": current.room,
            "is_step_free": current.is_step_free,
        }
        super().__init__(*args, data=data, **kwargs)

    def build_location(self) -> InterviewLocation:
        kind = SlotKind(self.kind.data)
        in_person = kind is SlotKind.IN_PERSON
        return InterviewLocation(
            kind,
            link_or_address="" if kind is SlotKind.TELEPHONE else self.location.data,
            room=self.room.data if in_person else "",
            is_step_free=bool(self.is_step_free.data) and in_person,
        )


class RecordOutcomeForm(FlaskForm):  # type: ignore[misc]
    outcome = radio_field(
        "What happened?",
        [(outcome.value, label) for outcome, label in OUTCOME_LABELS.items()],
        required_message="Choose what happened.",
    )
    offers_another = BooleanField(
        "If they did not come, email them a link to choose another time", widget=GovCheckboxInput()
    )

    def get_chosen_status(self) -> BookingStatus:
        return BookingStatus(self.outcome.data)


class LetterForm(FlaskForm):  # type: ignore[misc]
    contact = multiline_field(
        "How people reach you",
        hint="A telephone number with opening hours, and a postal address. We use this in all letters for this call.",
        required="Enter how people can call or write to you.",
    )
    reason = line_field("Reason to give in this letter (optional)", hint="Not stored. Do not name anyone else.")


class ChooseTimeForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[RequireChoice("Choose a time.")], validate_choice=False, choices=[])


class ChooseSlotForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[RequireChoice("Choose a time.")], validate_choice=False, choices=[])
    phone = line_field("Telephone number", hint="Only needed for a telephone interview.", max_characters=40)


class MoveInterviewForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[RequireChoice("Choose a time.")], validate_choice=False, choices=[])
    reason = line_field("Reason (optional)", hint=REASON_HINT)


class CancelBookingForm(FlaskForm):  # type: ignore[misc]
    reason = multiline_field("Reason (optional)", hint="Only the people who run this call can read this.")


class CancelInterviewForm(FlaskForm):  # type: ignore[misc]
    reason = line_field(
        "Reason",
        hint=REASON_HINT,
        required="Enter a reason. We will include it in the email.",
    )
