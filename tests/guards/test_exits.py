"""Every way in which a participant's words or sound come out is declared with its use, and closes when they say no.

In an installation whose words are marked, every page, job, periodic function and command is called.
"""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from sqlalchemy import select

from accounts import sign_in_links
from accounts.roles import Role
from core import exits, jobs
from core.database import db
from core.exits import ExitUse
from core.models import JobState
from core.outbox import SEND_MAIL
from core.settings import Settings
from evidence import consent, participants
from evidence.consent_rules import EXIT_RULES
from evidence.consent_terms import ConsentUse
from evidence.models import ConsentChange, Contribution
from interviews.availability import busy_feeds
from interviews.availability.tasks import GENERATE_SLOTS_JOB
from interviews.inbox import mailbox_status
from privacy.own_data import copies
from review.agreement.rounds import CALCULATE_JOB
from review.exports import export_requests
from review.search import vector_store
from tests.support import five_people, make, make_reply_mails, make_transcripts
from tests.support.full_installation import FullInstallation
from tests.support.marked_installation import (
    CAPTIONS,
    OF_SPEECH,
    Mark,
    build_marked_installation,
    count_marks_everywhere,
    find_marks,
    iter_answers,
    iter_opened_pages,
)
from transcripts.audio import listening_copies
from transcripts.model_store import downloads
from transcripts.passages.remapping import REMAP_UNTOUCHED_JOB
from transcripts.recordings import processing_jobs
from transcripts.text.reviewed_transcripts import REMAP_OTHERS_JOB
from transcripts.uploads import uploads

DECLARED_WITHOUT_MARKS = {
    "review.correct_segment": "answers with the sentence that was sent",
    "review.change_segment_speaker": "the same",
    "review.undo_correction": "the same; the installation has no corrections",
    "review.redo_correction": "the same",
    "privacy.download_copy": "compressed, so that marks cannot be found",
    "transcripts.get_waveform": "numbers made from the sound",
    "review.show_round": "sentences on which coders differ, once all of them have finished",
    "interviews.release_mass_mail": "a text of staff, to people who let us contact them",
    "review.search_evidence": "looks for nothing without words; see tests/integration/review/search",
}
OWN_PAGES = {"privacy.show_own_data": "shows people what we still have of them, until it is erased"}
JOBS_WITH_MODELS = {processing_jobs.MAP_JOB, processing_jobs.TRANSCRIBE_JOB, listening_copies.MAKE_COPY_JOB}
JOBS_WITHOUT_MARKS = {
    export_requests.MAKE_EXPORT_JOB: "stores a file encrypted; see tests/integration/review/exports",
    vector_store.EMBED_JOB: "stores vectors",
}
JOBS_THAT_TAKE_IN = {
    processing_jobs.CHECK_JOB: "measures a file that has arrived",
    uploads.ASSEMBLE_JOB: "joins the parts of a file that has arrived",
    mailbox_status.READ_MAILBOX_JOB: "reads what people have sent",
    busy_feeds.READ_FEED_JOB: "reads a calendar of staff",
    downloads.FETCH_MODEL_JOB: "fetches a model",
    downloads.FETCH_VOICES_JOB: "the same",
    downloads.FETCH_SENTENCES_JOB: "the same",
    sign_in_links.SEND_SIGN_IN_LINK: "emails a link",
    participants.MAIL_LINKS: "the same",
}
JOB_SUBJECTS = {
    SEND_MAIL: "copy_recipient_id",
    REMAP_OTHERS_JOB: "schedule_version_id",
    REMAP_UNTOUCHED_JOB: "transcript_id",
    GENERATE_SLOTS_JOB: "pattern_id",
    CALCULATE_JOB: "round_id",
}
COMMANDS_THAT_WRITE_FILES = {"review export"}
JOBS_THAT_ENCRYPT = {copies.MAKE_COPY_JOB: "marks would not be found in the file"}
COMMANDS_WITH_MODELS = {"transcripts transcribe", "transcripts map", "transcripts models measure"}
COMMANDS_NOT_CALLED = {
    "core run": "runs until it is stopped",
    "core work": "the same",
    "core encrypt-storage": "changes how files are stored",
    "core rotate-storage-key": "the same",
    "transcripts convert": "reads models",
    "transcripts models download": "the same",
    "transcripts models load": "the same",
    "review load-example": "fills an empty database",
    "privacy backup": "writes everything, encrypted for the operator",
    "privacy check-backup": "reads such a copy",
    "privacy restore": "the same",
    "privacy show-keys": "prints keys",
    "privacy erase": "deletes, and prints how much",
    "db": "of the library that changes the database",
}
FILE = "the file that is given"
COMMAND_ARGUMENTS = {
    "core list-exits": [],
    "core check-storage": [],
    "privacy verify-audit": [],
    "accounts add-staff": ["new@charity.example", "New", "--role", "reviewer"],
    "accounts sign-in-links": [],
    "evidence export-call": ["our-call"],
    "evidence load-call": [FILE],
    "evidence load-written": [FILE, "--call", "our-call"],
    "interviews read-reply": [FILE],
    "interviews read-feed": [FILE, "--from", "2026-07-01", "--to", "2026-07-02"],
    "interviews read-bounce": [FILE],
    "interviews take-reply": [],
    "interviews load-deprivation": [FILE],
    "review import": [FILE],
    "review rebuild-search": [],
    "transcripts import": [FILE],
    "transcripts models list": [],
}


@pytest.fixture
def database() -> str:
    return "sqlite"  # what comes out is the same on either


@pytest.fixture
def installation(app: Flask) -> FullInstallation:
    return build_marked_installation(app)


@pytest.fixture
def contribution(installation: FullInstallation) -> Contribution:
    """The interview that was recorded."""
    return db.session.get_one(Contribution, installation.values["contribution_id"])


def find_declared_pages(app: Flask) -> set[str]:
    return {name for name, view in app.view_functions.items() if exits.find_exit(view) is not None}


def take_back(contribution: Contribution, use: ConsentUse) -> None:
    consent.record_decisions(contribution.participant, contribution.call, {use: False}, noted_by=None)
    db.session.commit()


def test_every_page_that_shows_words_is_declared(
    installation: FullInstallation, settings: Settings, app: Flask
) -> None:
    found: dict[str, set[Mark]] = {}
    for endpoint, marks in iter_answers(installation, settings):
        found.setdefault(endpoint, set()).update(marks)

    showing = {endpoint for endpoint, marks in found.items() if marks}
    assert {endpoint: found[endpoint] for endpoint in showing - find_declared_pages(app)} == {}
    assert find_declared_pages(app) - showing == set(DECLARED_WITHOUT_MARKS)
    assert set().union(*found.values()) == set(Mark)


def test_every_exit_has_a_rule_for_its_use() -> None:
    uses = {use for one in exits.list_exits() for use in one.uses}

    assert uses - set(EXIT_RULES) <= {ExitUse.OPERATOR_FILE}
    assert [one.function for one in exits.list_exits() if not one.uses] == []


def test_every_job_that_takes_words_elsewhere_is_declared(
    installation: FullInstallation, contribution: Contribution, settings: Settings
) -> None:
    functions = {
        name: function
        for name, function in jobs.get_job_functions().items()
        if not function.__module__.startswith("tests.")
    }
    declared = {name for name, function in functions.items() if exits.find_exit(function) is not None}
    subjects = {**installation.values, "schedule_version_id": contribution.schedule_version_id}
    moving = set()
    for name, part in JOB_SUBJECTS.items():
        before = count_marks_everywhere(settings)
        job = jobs.enqueue(name, subjects[part])
        make.run_listed_jobs([job.id])
        if any(number > before[mark] for mark, number in count_marks_everywhere(settings).items()):
            moving.add(name)

    hidden = {*JOBS_WITHOUT_MARKS, *JOBS_THAT_ENCRYPT}
    assert moving == declared - JOBS_WITH_MODELS - hidden
    assert declared >= JOBS_WITH_MODELS | hidden
    assert set(functions) == {*JOB_SUBJECTS, *JOBS_WITH_MODELS, *JOBS_THAT_TAKE_IN, *hidden}


def test_no_periodic_function_takes_words_elsewhere(installation: FullInstallation, settings: Settings) -> None:
    before = count_marks_everywhere(settings)

    for function in jobs.list_sweep_functions():
        function()

    after = count_marks_everywhere(settings)
    assert {mark: after[mark] for mark in Mark if after[mark] > before[mark]} == {}


def test_every_command_that_prints_words_is_declared(installation: FullInstallation, tmp_path: Path) -> None:
    commands = dict(iter_commands(installation.app.cli))
    declared = {name for name, command in commands.items() if exits.find_exit(command.callback) is not None}
    printing = {name for name in COMMAND_ARGUMENTS if prints_words(installation, name, tmp_path)}

    assert printing == declared - COMMANDS_WITH_MODELS - COMMANDS_THAT_WRITE_FILES
    called = {*COMMAND_ARGUMENTS, *COMMANDS_WITH_MODELS, *COMMANDS_THAT_WRITE_FILES, *COMMANDS_NOT_CALLED}
    assert {name for name in commands if name.split()[0] != "db"} == called - {"db"}


def test_after_a_no_to_recording_nothing_spoken_comes_out(
    installation: FullInstallation, contribution: Contribution, settings: Settings
) -> None:
    take_back(contribution, ConsentUse.RECORD)

    assert list_pages_with_speech(iter_answers(installation, settings)) == set()


def test_after_a_no_to_text_nothing_spoken_comes_out(
    installation: FullInstallation, contribution: Contribution
) -> None:
    take_back(contribution, ConsentUse.TRANSCRIBE)

    assert list_pages_with_speech(iter_opened_pages(installation)) == set()


def test_only_the_coordinator_who_handles_it_reads_and_hears(
    installation: FullInstallation, contribution: Contribution
) -> None:
    amira = five_people.sign_in_staff(installation.app, make.staff("amira", Role.COORDINATOR).id)
    take_back(contribution, ConsentUse.RECORD)
    change = db.session.scalars(select(ConsentChange)).one()

    installation.staff.post(f"/staff/consent-changes/{change.id}/take-on")

    assert list_pages_with_speech(iter_opened_pages(installation, amira)) == set()
    assert list_pages_with_speech(iter_opened_pages(installation)) == {
        "review.show_desk",
        "review.read_interview_words",
        "review.list_segment_versions",
        "transcripts.edit_passage",
        "transcripts.list_boundaries",
        "transcripts.play_recording",
        "transcripts.download_recording",
        "transcripts.preview_import",
    }


def list_pages_with_speech(answers: Iterator[tuple[str, set[Mark]]]) -> set[str]:
    return {endpoint for endpoint, marks in answers if marks & OF_SPEECH} - set(OWN_PAGES)


@pytest.mark.parametrize("name", sorted(JOBS_WITH_MODELS))
def test_jobs_wait_for_consent_before_they_look_at_words(
    installation: FullInstallation, contribution: Contribution, name: str
) -> None:
    if name == processing_jobs.TRANSCRIBE_JOB:
        recording = make_transcripts.recording(contribution, make_transcripts.tone_wav(pitch=500))
        subject_id = recording.id
    else:
        subject_id = installation.values["transcript_id" if name == processing_jobs.MAP_JOB else "recording_id"]
    take_back(contribution, ConsentUse.RECORD)

    job = jobs.enqueue(name, subject_id)
    make.run_listed_jobs([job.id])

    assert job.state is JobState.WAITING
    assert "no longer agrees to be recorded" in job.message


def iter_commands(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from iter_commands(command, f"{prefix}{name} ")
        elif command is not None:
            yield f"{prefix}{name}", command


def prints_words(installation: FullInstallation, name: str, folder: Path) -> bool:
    file = folder / "words.vtt"
    file.write_bytes(build_command_file(name))
    given = [str(file) if argument is FILE else argument for argument in COMMAND_ARGUMENTS[name]]
    result = installation.app.test_cli_runner().invoke(args=[*name.split(), *given], input="")
    return bool(find_marks(result.output))


def build_command_file(name: str) -> bytes:
    if name == "interviews read-reply":
        return make_reply_mails.counter(f"COMMENT:{Mark.LETTER}")
    return CAPTIONS.encode()
