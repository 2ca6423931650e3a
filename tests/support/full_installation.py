"""An installation with something behind every address: what each part of an address can be, and who may open it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import AnyConverter, Rule

from accounts import links, sign_in_links
from accounts.models import LinkPurpose, StaffMember, StaffSession
from accounts.roles import STAFF_PERMISSIONS, STAFF_ROLES
from core import clock, jobs
from core.database import db
from core.installation import INSTALLATION_PAGE_TITLES
from core.models import OutboxMessage
from evidence import calls, consent, consent_proposals, contributions, email_changes, updates
from evidence.answers import record_answer
from evidence.call_editor.installation_changes import change_installation
from evidence.calls import get_schedule
from evidence.consent_rules import Withdrawal
from evidence.consent_terms import ConsentUse
from evidence.draft_reminders import build_stop_url
from evidence.models import Call, ConsentChange, ConsentProposal, Mode
from interviews.bookings.booking_policy import get_booking_policy
from interviews.feeds import feeds
from interviews.group_sessions import attendance, write_ups
from interviews.inbox import messages
from interviews.mass_mail import mass_mails
from interviews.mass_mail.audiences import MailAudience
from interviews.mass_mail.mass_mails import MassMailContent
from interviews.models import Booking, PersonalInvitation, Slot, Volunteer
from interviews.targets import closures
from interviews.targets.stages import Grouping
from interviews.volunteers import nominations, personal_invitations
from privacy.own_data import copies, copy_files, corrections
from privacy.own_data.copies import CollectedData
from privacy.withdrawals import requests
from privacy.withdrawals.requests import WithdrawnPart
from review.coding import code_applications
from review.coding.anchors import SpeechAnchor
from review.exports import export_requests
from review.exports.export_options import build_options
from review.quotes import quotes
from tests.support import (
    five_people,
    make,
    make_availability,
    make_evidence,
    make_group_sessions,
    make_interviews,
    make_replies,
    make_review,
    make_themes,
    make_transcripts,
)
from tests.support.import_steps import post_for_preview, read_sample
from transcripts.model_store.installed_models import list_known_models

FIRST_QUESTION = "capacity"


@dataclass(frozen=True, slots=True)
class InstallationWords:
    """What people say, write and sound like in it."""

    spoken: tuple[str, str] = ("I waited.", "It was long.")
    sound: bytes | None = None
    imported: bytes | None = None
    written: str = "Nothing."
    letter: str = "Is there a lift?"
    comment: str = "You forgot the garden."


@dataclass(slots=True)
class FullInstallation:
    """`values`: for each part of an address, by its name; `values_at` and `clients_at`: for some endpoints others."""

    app: Flask
    staff: FlaskClient
    volunteer: FlaskClient
    values: dict[str, Any]
    values_at: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    clients_at: dict[str, FlaskClient] = field(default_factory=dict)

    def build_paths(self, rule: Rule) -> list[str]:
        """One, or one for each of the words that the rule allows in a part."""
        values: dict[str, Any] = {**self.values, **self.values_at.get(rule.endpoint, {})}
        words = {name: _list_allowed_words(rule, name) or [values[name]] for name in sorted(rule.arguments)}
        with self.app.test_request_context():
            return [
                url_for(rule.endpoint, **dict(zip(words, chosen, strict=True))) for chosen in product(*words.values())
            ]

    def client_for(self, endpoint: str) -> FlaskClient:
        """Of somebody who may open the page; a fresh browser where everybody may."""
        access = getattr(self.app.view_functions[endpoint], "access", "public")
        if endpoint in self.clients_at:
            return self.clients_at[endpoint]
        if access in STAFF_PERMISSIONS:
            return self.staff
        return self.app.test_client() if access == "public" else self.volunteer


def build_full_installation(app: Flask, words: InstallationWords = InstallationWords()) -> FullInstallation:
    """ada has every role and hosts everything; dev has an interview and a text, elin a seat, fay has had one."""
    ada = make.staff("ada", *STAFF_ROLES)
    call = make_evidence.call(slug="our-call")
    booking = make_transcripts.booking(call, ada)
    values = {"slug": call.slug, "booking_id": booking.id, "volunteer_id": booking.volunteer_id, "member_id": ada.id}
    built = FullInstallation(
        app,
        five_people.sign_in_staff(app, ada.id),
        five_people.sign_in_volunteer(app, booking.volunteer),
        values
        | {"filename": "page.js", "by": Grouping.SITE.value, "segment": 0, "key": call.sites[0].key}
        | {"colour": "17564f", "section_key": "you", "question_key": FIRST_QUESTION},
    )
    change_installation(dict.fromkeys(INSTALLATION_PAGE_TITLES, "Written."))
    _add_sessions(built, ada, call, words)
    _add_times(built, ada, call)
    _add_evidence(built, booking, words)
    _add_consent_changes(built, ada, booking)
    _add_export(built, ada, call)
    _add_mails(built, ada, call, booking, words)
    _add_links(built, ada, call, booking.volunteer)
    _add_closed_call(built)
    _add_themes(built, ada, booking)
    _add_withdrawals(built, ada, booking, words)
    _ask_equality_questions(built, booking)
    db.session.commit()
    built.values["draft_id"] = post_for_preview(
        built.staff, booking, words.imported or read_sample("zoom.vtt")
    ).rpartition("/")[2]
    return built


def _add_times(built: FullInstallation, ada: StaffMember, call: Call) -> None:
    """Weekly hours, a free slot for ida, who has no interview yet, and an interview that has begun."""
    make_availability.interviewer_profile(ada)
    built.values["pattern_id"] = make_availability.weekly_pattern(ada, call).id
    make_interviews.slot(call, ada, make_interviews.next_week(13, days=2))
    ida = make_interviews.volunteer(call, "Ida")
    began = make_interviews.booking(
        make_interviews.volunteer(call, "Jan"), make_interviews.slot(call, ada, make_interviews.next_week(13, days=3))
    )
    _move_to_the_past(began.slot)
    for endpoint in ("interviews.book_slot", "interviews.book_for_volunteer"):
        built.values_at[endpoint] = {"volunteer_id": ida.id}
    built.clients_at["interviews.book_slot"] = five_people.sign_in_volunteer(built.app, ida)
    built.values_at["interviews.record_outcome"] = {"booking_id": began.id}


def _add_sessions(built: FullInstallation, ada: StaffMember, call: Call, words: InstallationWords) -> None:
    """One to come, in which elin has a seat, and one that is over, with a write-up that fay was sent."""
    elin, fay = make_group_sessions.volunteers(call, "Elin", "Fay")
    to_come = make_group_sessions.session(call, ada, make_interviews.next_week(15, days=20))
    over = make_group_sessions.session(call, ada, make_interviews.next_week(15, days=10))
    seat, attended = make_group_sessions.take_seat(to_come, elin), make_group_sessions.take_seat(over, fay)
    _write_up(over, attended, words.comment)
    built.values["slot_id"] = to_come.id
    built.values_at["interviews.cancel_seat"] = {"booking_id": seat.id}
    built.clients_at["interviews.give_up_seat"] = five_people.sign_in_volunteer(built.app, elin)
    built.clients_at["interviews.show_my_write_up"] = five_people.sign_in_volunteer(built.app, fay)
    for view in ("show_my_write_up", "edit_write_up", "preview_write_up"):
        built.values_at[f"interviews.{view}"] = {"slot_id": over.id}


def _write_up(session: Slot, attended: Booking, comment: str) -> None:
    with clock.freeze_at(session.ends_at):
        attendance.record_attendance(session, {attended.id: True}, by=session.interviewer_id)
        row = write_ups.save_draft(session, "We talked.", by=session.interviewer_id)
        write_ups.send_to_attendees(row)
        write_ups.add_comment(row, attended.volunteer, comment)
    _move_to_the_past(session)


def _list_allowed_words(rule: Rule, name: str) -> list[Any]:
    converter = rule._converters[name]
    return sorted(converter.items) if isinstance(converter, AnyConverter) else []


def _move_to_the_past(slot: Slot) -> None:
    length, start = slot.ends_at - slot.starts_at, clock.now() - timedelta(hours=3)
    slot.starts_at, slot.ends_at = start, start + length
    db.session.flush()


def _add_evidence(built: FullInstallation, booking: Booking, words: InstallationWords) -> None:
    """A recording with its transcript and passages, and a written contribution that is begun."""
    contribution = booking.volunteer.contribution
    recording = make_transcripts.recording(contribution, words.sound)
    transcript = make_transcripts.transcript(recording, *words.spoken, is_mapped=False)
    passages = make_transcripts.add_suggestions(transcript, ["capacity", "values"])
    begun = contributions.start_contribution(booking.slot.call, booking.volunteer.participant, Mode.WRITTEN)
    record_answer(begun, FIRST_QUESTION, words.written, by=None)
    sent = make_review.written_contribution(booking.slot.call, capacity=words.written)
    built.values_at["review.read_written"] = {"contribution_id": sent.id}
    built.clients_at["evidence.show_written_sent"] = five_people.sign_in_participant(built.app, sent.participant_id)
    schedule = get_schedule(contribution.schedule_version)
    built.values_at["evidence.answer_section"] = {"key": schedule.sections[0].key}
    built.values_at["evidence.get_autosave_token"] = {"key": schedule.sections[0].key}
    built.values_at["review.read_question"] = {"key": schedule.sections[0].questions[0].key}
    built.values_at["transcripts.show_model_progress"] = {"name": list_known_models()[-1].name}
    built.values |= {"recording_id": recording.id, "transcript_id": transcript.id, "passage_id": passages[1].id}
    built.values["contribution_id"] = contribution.id


def _add_export(built: FullInstallation, ada: StaffMember, call: Call) -> None:
    row = export_requests.request_export(call, build_options("csv"), by=ada.id)
    job = jobs.find_latest(export_requests.MAKE_EXPORT_JOB, row.id)
    db.session.commit()
    make.run_listed_jobs([job.id] if job else [])
    built.values["export_id"] = row.id


def _add_themes(built: FullInstallation, ada: StaffMember, booking: Booking) -> None:
    """What dev said has a theme, and is a quote that dev is asked about."""
    call = booking.volunteer.call
    consent.record_decisions(booking.volunteer.participant, call, {ConsentUse.QUOTE_UNNAMED: True}, noted_by=None)
    anchor = SpeechAnchor(built.values["transcript_id"], 0, 0)
    theme = make_themes.theme(call, by=ada.id)
    span = code_applications.code_words(anchor, theme, by=ada.id)
    quote = quotes.create_quote(anchor, by=ada.id)
    quotes.mark_sent(quote, calls.get_local_date(call) + timedelta(days=7), by=ada.id)
    task = make_themes.coding_task(booking.volunteer.contribution, ada)
    built.values |= {"task_id": task.id, "round_id": task.round_id}
    built.values |= {"anchor": str(anchor), "theme_id": theme.id, "span_id": span.id, "quote_id": quote.id}


def _add_consent_changes(built: FullInstallation, ada: StaffMember, booking: Booking) -> None:
    """dev changed what may be shared, and ada noted a yes over a no of dev's own."""
    participant, call = booking.volunteer.participant, booking.volunteer.call
    for is_allowed in (True, False):
        consent.record_decisions(participant, call, {ConsentUse.SHARE: is_allowed}, noted_by=None)
    consent.record_decisions(participant, call, {ConsentUse.SHARE: True}, noted_by=ada.id)
    built.values["change_id"] = db.session.scalars(select(ConsentChange)).one().id
    proposal = db.session.scalars(select(ConsentProposal)).one()
    url = consent_proposals.create_confirmation_url(proposal)
    built.values_at["evidence.confirm_consent"] = {"token": url.rpartition("/")[2]}


def _add_mails(
    built: FullInstallation, ada: StaffMember, call: Call, booking: Booking, words: InstallationWords
) -> None:
    """A draft to many, a message and a proposal of the volunteer, and what the outbox has."""
    content = MassMailContent(MailAudience.UNBOOKED, None, "News from us", "Hello {reference}.\n\n{own_page}\n")
    draft = mass_mails.write_mass_mail(call, content, by=ada.id)
    messages.send_message(booking.volunteer, words.letter, about=booking)
    make_replies.store_proposal(booking)
    mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.is_secret.is_(False))).first()
    assert mail is not None
    built.values |= {"mail_id": draft.id, "number": mail.number, "kind_key": "accepted"}


def _add_links(built: FullInstallation, ada: StaffMember, call: Call, dev: Volunteer) -> None:
    expires_at = clock.now() + timedelta(days=1)
    personal_invitations.invite(call, ["gil@home.example"], site=None, by=ada.id)
    personal_invitations.release_drafts(call)
    nominations.nominate(call, "hal@home.example")
    invitation = db.session.scalars(select(PersonalInvitation)).one()
    own = {"token": links.create_link(LinkPurpose.OWN_PAGE, dev.participant_id, expires_at=expires_at)}
    for endpoint in ("evidence.open_link", "interviews.open_booking_link", "interviews.open_session_link"):
        built.values_at[endpoint] = own
    for endpoint, purpose, subject_id in (
        ("accounts.confirm_sign_in", LinkPurpose.SIGN_IN, ada.id),
        ("interviews.open_invitation", LinkPurpose.PERSONAL_INVITATION, invitation.id),
        ("interviews.open_nomination", LinkPurpose.NOMINATION, call.id),
    ):
        built.values_at[endpoint] = {"token": links.create_link(purpose, subject_id, expires_at=expires_at)}
    _add_address_links(built, call, expires_at)
    feed = feeds.create_feed(ada, LinkPurpose.WHOLE_FEED)
    built.values_at["interviews.download_feed"] = {"token": feed.rpartition("/")[2].removesuffix(".ics")}
    sign_in_links.send_sign_in_link(ada.email)


def _add_address_links(built: FullInstallation, call: Call, expires_at: datetime) -> None:
    """To confirm an address, to confirm another one, to get updates and to leave them."""
    zoe = make_evidence.participant("zoe@home.example", "Zoe")
    email_changes.request_change(zoe, "zoe@work.example")
    waiting = make_evidence.interested_address(call, "ina@home.example")
    for endpoint, purpose, subject_id in (
        ("evidence.confirm_new_address", LinkPurpose.NEW_ADDRESS, zoe.id),
        ("evidence.confirm_updates", LinkPurpose.UPDATES, waiting.id),
    ):
        built.values_at[endpoint] = {"token": links.create_link(purpose, subject_id, expires_at=expires_at)}
    begun = make_evidence.contribution(call, zoe)
    built.values_at["evidence.stop_reminders"] = {"token": build_stop_url(begun).rpartition("/")[2]}
    built.values_at["evidence.stop_updates"] = {"token": updates.build_unsubscribe_url(waiting.id).rpartition("/")[2]}


def _ask_equality_questions(built: FullInstallation, booking: Booking) -> None:
    policy = get_booking_policy(booking.slot.call)
    policy.asks_equality = True
    db.session.add(policy)
    built.clients_at["interviews.answer_equality_form"] = built.volunteer


def _add_withdrawals(built: FullInstallation, ada: StaffMember, booking: Booking, words: InstallationWords) -> None:
    """What a coordinator proposed for gus, what gus withdrew, a correction, and a copy that is ready."""
    gus = make_evidence.participant("gus@home.example", "Gus")
    proposed = requests.propose(WithdrawnPart(gus), Withdrawal.NO_USE, reason="They rang.", by=ada.id)
    own, receipt = requests.withdraw(WithdrawnPart(gus), Withdrawal.NO_CONTACT)
    correction = corrections.ask_for_correction(gus, None, "", words.letter)
    copy = copies.request_copy(booking.volunteer.participant)
    copies.mark_ready(copy.id, copy_files.store_copy(CollectedData("", {}, []), copy.storage_path))
    built.values |= {"participant_id": gus.id, "request_id": proposed.id, "correction_id": correction.id}
    built.values["session_id"] = db.session.scalars(select(StaffSession.id)).first()
    built.values_at["privacy.undo_withdrawal"] = {"request_id": own.id}
    built.clients_at["privacy.undo_withdrawal"] = five_people.sign_in_participant(built.app, gus.id)
    built.values_at["privacy.show_receipt"] = {"token": receipt.rpartition("/")[2]}


def _add_closed_call(built: FullInstallation) -> None:
    closed = make_evidence.call(slug="closed-call")
    closures.close_bookings(closed)
    closures.close_bookings(closed.sites[0])
    for endpoint in ("interviews.reopen_call", "interviews.reopen_site"):
        built.values_at[endpoint] = {"slug": closed.slug}
