"""The main job, step by step, as four people do it. Each step raises when what it does did not happen."""

import re
import time
from datetime import date, timedelta

from demo.browser import PlainBrowser
from demo.installation import SAMPLES, DemoInstallation
from demo.mailbox import DemoMailbox, extract_address, extract_calendar
from demo.page import PageForm

CALL = "/calls/waiting-well"
VOLUNTEER = "dev@home.example"
CONTRIBUTOR = "erin@home.example"
CONFIRM = "Confirm and continue"
STAFF = {"coordinator": "amira", "interviewer": "ben", "reviewer": "cara"}
RECORDING = next(SAMPLES.glob("interview-1.[!j]*"))
PROGRESS = re.compile(r"(\d+) of (\d+) decided")
TRANSCRIPTION_SECONDS = 600  # a busy machine of two cores
BACKGROUND: dict[str, str | list[str]] = {
    "given_as": "organisation",
    "places": ["rural"],
    "shows": "works",
    "aims": ["services", "control"],
}


class StepError(Exception):
    """A step of the main job failed."""


def prepare_installation(installation: DemoInstallation) -> None:
    """A database with the example call and three members of staff."""
    installation.run_command("db", "upgrade")
    installation.run_command("evidence", "load-call", "samples/example-call.json", "--publish")
    for role, name in STAFF.items():
        installation.run_command("accounts", "add-staff", _staff_address(role), name.title(), "--role", role)


def sign_in(installation: DemoInstallation, mailbox: DemoMailbox, role: str) -> PlainBrowser:
    browser = PlainBrowser(installation.base_url)
    address = _staff_address(role)
    browser.submit(browser.open("/sign-in").find_form_with("email"), values={"email": address})
    browser.open(extract_address(mailbox.wait_for_newest(address, subject="sign in")))
    browser.submit(browser.page.find_form_to("/sign-in/"))
    return browser


def publish_times(interviewer: PlainBrowser) -> None:
    form = interviewer.open("/staff/slots/publish").find_form_with("times")
    day = date.today() + timedelta(days=7)  # noqa: DTZ011 the server works in the call's zone; a week is far enough
    values = _fill(
        form,
        {
            "call": "waiting-well",
            "times": "10:00, 14:00",
            "kind": "video link",
            "location": "https://video.example/room-1",
        },
    )
    form.fields = [field for field in form.fields if field[0] != "first_on"]
    interviewer.submit(form, values={**values, "first_on": [str(day.day), str(day.month), str(day.year)]})


def volunteer_for_interview(installation: DemoInstallation) -> None:
    browser = PlainBrowser(installation.base_url)
    form = browser.open(f"{CALL}/volunteer").find_form_with("email", "capacity")
    values = {
        "name": "Dev Example",
        "email": VOLUNTEER,
        "capacity": "Clinic nurse",
        **BACKGROUND,
        **_consent_to_all(form),
    }
    browser.submit(form, values=values)


def accept_volunteer(coordinator: PlainBrowser) -> None:
    coordinator.open("/staff/volunteers")
    coordinator.follow("/staff/volunteers/")
    coordinator.submit(coordinator.page.find_form_to("/accept"))


def book_slot(installation: DemoInstallation, mailbox: DemoMailbox) -> PlainBrowser:
    browser = PlainBrowser(installation.base_url)
    _confirm_address(browser, mailbox, VOLUNTEER)
    if "slot" not in {name for form in browser.page.forms for name in form.names}:
        browser.follow("/book")
    form = browser.page.find_form_with("slot")
    browser.submit(form, values={"slot": form.choices["slot"][0]})
    return browser


def expect_invitations(mailbox: DemoMailbox) -> list[str]:
    """Wait for both calendar mails. Returns lines of the volunteer's invitation."""
    for_interviewer = extract_calendar(mailbox.wait_for_newest(_staff_address("interviewer"), method="REQUEST"))
    for_volunteer = extract_calendar(mailbox.wait_for_newest(VOLUNTEER, method="REQUEST"))
    if for_interviewer is None or for_volunteer is None or VOLUNTEER in for_interviewer:
        raise StepError("The invitations are wrong.")
    return [line for line in for_volunteer.splitlines() if line.startswith(("UID", "DTSTART", "SEQUENCE", "SUMMARY"))]


def fill_in_written_form(installation: DemoInstallation, mailbox: DemoMailbox, answers: dict[str, str]) -> None:
    """Page by page, then send it and confirm the address."""
    browser = PlainBrowser(installation.base_url)
    browser.open(CALL)
    browser.follow("/write")
    for _ in range(30):
        form = _find_form(browser)
        if form is None:
            break
        browser.submit(form, values=_make_written_values(form, answers))
    if "/written/sent" not in browser.page.address:
        raise StepError(f"The written form ended at {browser.page.address}, before it was sent.")
    _confirm_address(browser, mailbox, CONTRIBUTOR)


def upload_recording(interviewer: PlainBrowser) -> None:
    interviewer.open("/staff/interviews")
    interviewer.follow("/staff/interviews/")
    interviewer.follow("Upload the recording")
    form = next(form for form in interviewer.page.forms if form.files)
    interviewer.submit(form, file=RECORDING)


def wait_for_the_transcript(reviewer: PlainBrowser) -> None:
    """Until the recording is transcribed and mapped. Leaves the browser on the transcript."""
    deadline = time.monotonic() + TRANSCRIPTION_SECONDS
    while time.monotonic() < deadline:
        reviewer.open("/staff/recordings")
        try:
            reviewer.follow("/staff/transcripts/")
            if count_undecided(reviewer):
                return
        except LookupError:
            pass
        time.sleep(1)
    raise StepError(f"No transcript with passages after {TRANSCRIPTION_SECONDS} s: {reviewer.page.text[-800:]}")


def accept_passages(reviewer: PlainBrowser, *, leave: int) -> int:
    """Accept the suggested passages that have a question, except the last few. Returns how many."""
    accepted = 0
    while count_undecided(reviewer) > leave:
        reviewer.submit(reviewer.page.find_form_to("/accept"), button="Accept")
        accepted += 1
    return accepted


def count_undecided(reviewer: PlainBrowser) -> int:
    """Of the passages with a question; the desk always has the first of them at hand."""
    decided = PROGRESS.search(reviewer.page.text)
    return int(decided[2]) - int(decided[1]) if decided else 0


def _confirm_address(browser: PlainBrowser, mailbox: DemoMailbox, address: str) -> None:
    """With the emailed link."""
    browser.open(extract_address(mailbox.wait_for_newest(address), "/link/"))
    browser.submit(next(form for form in browser.page.forms if form.find_button(CONFIRM)), button=CONFIRM)


def _find_form(browser: PlainBrowser) -> PageForm | None:
    """The form of this page, or of the first page in the list of tasks. None once the form has been sent."""
    if browser.page.address.endswith("/written"):
        browser.follow("/written/")
    own = [form for form in browser.page.forms if form.method == "post"]
    return own[0] if own and "/written/sent" not in browser.page.address else None


def _make_written_values(form: PageForm, answers: dict[str, str]) -> dict[str, str | list[str]]:
    typed = {f"answer_{key}": text for key, text in answers.items() if f"answer_{key}" in form.names}
    background = {name: value for name, value in BACKGROUND.items() if name in form.names}
    contact = {"name": "Erin Example", "email": CONTRIBUTOR}
    return {
        **typed,
        **background,
        **_consent_to_all(form),
        **{name: value for name, value in contact.items() if name in form.names},
    }


def _consent_to_all(form: PageForm) -> dict[str, str | list[str]]:
    return {name: "yes" for name in form.choices if name.startswith("consent_")}


def _fill(form: PageForm, values: dict[str, str]) -> dict[str, str | list[str]]:
    return {name: value for name, value in values.items() if name in form.names}


def _staff_address(role: str) -> str:
    return f"{STAFF[role]}@charity.example"
