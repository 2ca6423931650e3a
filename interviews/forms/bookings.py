"""The forms with which staff change interviews, note outcomes, write letters, and act for people who do not."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms import BooleanField, RadioField

from core.form_fields import RequireChoice, build_select_choices, line_field, multiline_field, radio_field
from interviews.bookings.staff_changes import InterviewLocation, get_interview_location
from interviews.models import BookingStatus, Slot, SlotKind
from interviews.wordings.slot_descriptions import KIND_LABELS

REASON_HINT = "The person reads it in the mail. Name nobody else."
OUTCOME_LABELS = {BookingStatus.COMPLETED: "It happened", BookingStatus.NO_SHOW: "The person did not come"}


class ReassignInterviewForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    interviewer = radio_field("Who takes it over?", [], required_message="Choose who takes it over.")
    reason = line_field("Reason (optional)", hint=REASON_HINT)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["interviewer"].choices = build_select_choices(choices)


class SwapInterviewsForm(FlaskForm):  # type: ignore[misc]
    other = RadioField(
        "Swap with", validators=[RequireChoice("Choose an interview.")], validate_choice=False, choices=[]
    )
    reason = line_field("Reason (optional)", hint="Both people read it in the mail. Name nobody.")


class ChangeLocationForm(FlaskForm):  # type: ignore[misc]
    kind = radio_field(
        "How do you meet?",
        [(kind.value, words) for kind, words in KIND_LABELS.items()],
        required_message="Say how you meet.",
    )
    place = line_field("Link, or address", hint="Leave it empty for the telephone.", max_characters=500)
    room = line_field("Room, and how to find it (optional)", hint="Only if you meet in person.")
    is_step_free = BooleanField("People can get there without steps", widget=GovCheckboxInput())
    reason = line_field("Reason (optional)", hint=REASON_HINT)

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        now = get_interview_location(slot)
        shown = {
            "kind": now.kind.value,
            "place": now.link_or_address,
            "room": now.room,
            "is_step_free": now.is_step_free,
        }
        super().__init__(*args, data=shown, **kwargs)

    def build_location(self) -> InterviewLocation:
        """What a valid form says. What does not go with the way to meet is left out."""
        kind = SlotKind(self.kind.data)
        in_person = kind is SlotKind.IN_PERSON
        return InterviewLocation(
            kind,
            link_or_address="" if kind is SlotKind.TELEPHONE else self.place.data,
            room=self.room.data if in_person else "",
            is_step_free=bool(self.is_step_free.data) and in_person,
        )


class RecordOutcomeForm(FlaskForm):  # type: ignore[misc]
    outcome = radio_field(
        "What became of it?",
        [(outcome.value, words) for outcome, words in OUTCOME_LABELS.items()],
        required_message="Say whether it happened.",
    )
    offers_another = BooleanField(
        "If they did not come: mail them that they may choose another time", widget=GovCheckboxInput()
    )

    def get_chosen_status(self) -> BookingStatus:
        """What a valid form says."""
        return BookingStatus(self.outcome.data)


class LetterForm(FlaskForm):  # type: ignore[misc]
    contact = multiline_field(
        "How people reach you",
        hint="A telephone number with its hours, and a postal address. Kept for all letters of this call.",
        required="Say where people can ring or write.",
    )
    reason = line_field("Reason to give in this letter (optional)", hint="It is not kept. Name nobody else.")


class ChooseTimeForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[RequireChoice("Choose a time.")], validate_choice=False, choices=[])


class ChooseSlotForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[RequireChoice("Choose a time.")], validate_choice=False, choices=[])
    phone = line_field("Telephone number", hint="Needed only if you choose a time by telephone.", max_characters=40)


class MoveInterviewForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[RequireChoice("Choose a time.")], validate_choice=False, choices=[])
    reason = line_field("Reason (optional)", hint="The person reads it in the mail. Name nobody else.")


class CancelBookingForm(FlaskForm):  # type: ignore[misc]
    reason = multiline_field("Reason (optional)", hint="Only the people who run this call read it.")


class CancelInterviewForm(FlaskForm):  # type: ignore[misc]
    reason = line_field(
        "Reason",
        hint="The person reads it in the mail. Name nobody else.",
        required="Say why, so that we can tell them.",
    )
