"""The forms with which staff change interviews, note outcomes, write letters, and act for people who do not."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput
from wtforms import BooleanField, RadioField

from evidence.fields import Chosen, email_address, offered, one_of
from interviews.by_staff.changes import Place, place_of
from interviews.by_staff.staff_bookings import Reach
from interviews.forms.fields import line, lines
from interviews.forms.offers import OfferFields
from interviews.models import BookingStatus, Slot, SlotKind
from interviews.wording import KIND_WORDS

REASON_HINT = "The person reads it in the mail. Name nobody else."
OUTCOME_WORDS = {BookingStatus.HAPPENED: "It happened", BookingStatus.NO_SHOW: "The person did not come"}


class ReassignInterviewForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    interviewer = one_of("Who takes it over?", [], required="Choose who takes it over.")
    reason = line("Reason (optional)", hint=REASON_HINT)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["interviewer"].choices = offered(choices)


class SwapInterviewsForm(FlaskForm):  # type: ignore[misc]
    other = RadioField("Swap with", validators=[Chosen("Choose an interview.")], validate_choice=False, choices=[])
    reason = line("Reason (optional)", hint="Both people read it in the mail. Name nobody.")


class ChangePlaceForm(FlaskForm):  # type: ignore[misc]
    kind = one_of(
        "How do you meet?", [(kind.value, words) for kind, words in KIND_WORDS.items()], required="Say how you meet."
    )
    place = line("Link, or address", hint="Leave it empty for the telephone.", most=500)
    room = line("Room, and how to find it (optional)", hint="Only if you meet in person.")
    is_step_free = BooleanField("People can get there without steps", widget=GovCheckboxInput())
    reason = line("Reason (optional)", hint=REASON_HINT)

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        now = place_of(slot)
        shown = {"kind": now.kind.value, "place": now.place, "room": now.room, "is_step_free": now.is_step_free}
        super().__init__(*args, data=shown, **kwargs)

    def chosen(self) -> Place:
        """What a valid form says. What does not go with the way to meet is left out."""
        kind = SlotKind(self.kind.data)
        in_person = kind is SlotKind.IN_PERSON
        return Place(
            kind,
            place="" if kind is SlotKind.TELEPHONE else self.place.data,
            room=self.room.data if in_person else "",
            is_step_free=bool(self.is_step_free.data) and in_person,
        )


class NoteOutcomeForm(FlaskForm):  # type: ignore[misc]
    outcome = one_of(
        "What became of it?",
        [(outcome.value, words) for outcome, words in OUTCOME_WORDS.items()],
        required="Say whether it happened.",
    )
    offers_another = BooleanField(
        "If they did not come: mail them that they may choose another time", widget=GovCheckboxInput()
    )

    def chosen(self) -> BookingStatus:
        """What a valid form says."""
        return BookingStatus(self.outcome.data)


class LetterForm(FlaskForm):  # type: ignore[misc]
    contact = lines(
        "How people reach you",
        hint="A telephone number with its hours, and a postal address. Kept for all letters of this call.",
        required="Say where people can ring or write.",
    )
    reason = line("Reason to give in this letter (optional)", hint="It is not kept. Name nobody else.")


class StaffOfferFields(OfferFields):
    """Who somebody is for whom staff fill in the form to offer an interview."""

    name = line("Name", required="Enter the name.")
    email = email_address("Email address (optional)", hint="Only if mail is to go there.", required="")
    phone = line("Telephone number (optional)", most=40)
    postal_address = lines("Postal address (optional)", hint="As on an envelope. Letters go there.")
    capacity = lines("In what capacity would they speak?", required="Say in what capacity they would speak.")


class ReachForm(FlaskForm):  # type: ignore[misc]
    email = email_address("Email address (optional)", hint="A new one is mailed a personal link.", required="")
    phone = line("Telephone number (optional)", most=40)
    postal_address = lines("Postal address (optional)", hint="As on an envelope. Letters go there.")

    def reach(self) -> Reach:
        """What a valid form says."""
        return Reach(self.email.data or "", self.phone.data, self.postal_address.data)


class ChooseTimeForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[Chosen("Choose a time.")], validate_choice=False, choices=[])
