"""The main job, step by step, as four people do it. Each step raises when what it does did not happen."""

import time
from datetime import date, timedelta

from demo.browser import Browser
from demo.installation import SAMPLES, Installation
from demo.mailbox import Mailbox, address_in, calendar_of
from demo.page import Form

CALL = "/calls/waiting-well"
VOLUNTEER = "dev@home.example"
CONTRIBUTOR = "erin@home.example"
STAFF = {"coordinator": "amira", "interviewer": "ben", "reviewer": "cara"}
RECORDING = next(SAMPLES.glob("interview-1.[!j]*"))
TRANSCRIPTION_SECONDS = 600  # a busy machine of two cores
BACKGROUND: dict[str, str | list[str]] = {
    "given_as": "organisation",
    "places": ["rural"],
    "shows": "works",
    "aims": ["services", "control"],
}


class StepError(Exception):
    """A step of the main job did not happen."""


def prepare(installation: Installation) -> None:
    """An empty database with the example call and three members of staff."""
    installation.command("db", "upgrade")
    installation.command("evidence", "load-call", "samples/example-call.json", "--publish")
    for role, name in STAFF.items():
        installation.command("accounts", "add-staff", _staff_address(role), name.title(), "--role", role)


def sign_in(installation: Installation, mailbox: Mailbox, role: str) -> Browser:
    browser = Browser(installation.base_url)
    address = _staff_address(role)
    browser.submit(browser.open("/sign-in").form_with("email"), values={"email": address})
    browser.open(address_in(mailbox.newest(address, subject="sign in")))
    browser.submit(browser.page.form_to("/sign-in/"))
    return browser


def publish_times(interviewer: Browser) -> None:
    form = interviewer.open("/staff/slots/publish").form_with("times")
    day = date.today() + timedelta(days=7)  # noqa: DTZ011 the server works in the call's zone; a week is far enough
    values = _filled(
        form,
        {
            "call": "waiting-well",
            "times": "10:00, 14:00",
            "kind": "video link",
            "place": "https://video.example/room-1",
        },
    )
    form.fields = [field for field in form.fields if field[0] != "first_on"]
    interviewer.submit(form, values={**values, "first_on": [str(day.day), str(day.month), str(day.year)]})


def offer_an_interview(installation: Installation) -> None:
    browser = Browser(installation.base_url)
    form = browser.open(f"{CALL}/volunteer").form_with("email", "capacity")
    wanted = {
        "name": "Dev Example",
        "email": VOLUNTEER,
        "capacity": "Clinic nurse",
        **BACKGROUND,
        **_all_consents(form),
    }
    browser.submit(form, values=wanted)


def accept_the_offer(coordinator: Browser) -> None:
    coordinator.open("/staff/volunteers")
    coordinator.follow("/staff/volunteers/")
    coordinator.submit(coordinator.page.form_to("/accept"))


def book(installation: Installation, mailbox: Mailbox) -> Browser:
    browser = Browser(installation.base_url)
    browser.open(address_in(mailbox.newest(VOLUNTEER), "/link/"))
    if "slot" not in {name for form in browser.page.forms for name in form.names}:
        browser.follow("/book")
    form = browser.page.form_with("slot")
    browser.submit(form, values={"slot": form.choices["slot"][0]})
    return browser


def expect_invitations(mailbox: Mailbox) -> list[str]:
    """Both calendar mails. Returns what the volunteer's invitation says, line by line."""
    for_interviewer = calendar_of(mailbox.newest(_staff_address("interviewer"), method="REQUEST"))
    for_volunteer = calendar_of(mailbox.newest(VOLUNTEER, method="REQUEST"))
    if for_interviewer is None or for_volunteer is None or VOLUNTEER in for_interviewer:
        raise StepError("The invitations are not as they should be.")
    return [line for line in for_volunteer.splitlines() if line.startswith(("UID", "DTSTART", "SEQUENCE", "SUMMARY"))]


def write(installation: Installation, answers: dict[str, str]) -> None:
    """Fill in the written form page by page and send it."""
    browser = Browser(installation.base_url)
    browser.open(CALL)
    browser.follow("/write")
    for _ in range(30):
        form = _form_to_fill_in(browser)
        if form is None:
            break
        browser.submit(form, values=_written_values(form, answers))
    if "/written/sent" not in browser.page.address:
        raise StepError(f"The written form ended at {browser.page.address}, not with its being sent.")


def upload(interviewer: Browser) -> None:
    interviewer.open("/staff/interviews")
    interviewer.follow("/staff/interviews/")
    interviewer.follow("Upload the recording")
    form = next(form for form in interviewer.page.forms if form.files)
    interviewer.submit(form, file=RECORDING)


def wait_for_the_transcript(reviewer: Browser) -> None:
    """Until the recording is transcribed and mapped; leaves the browser on the transcript."""
    deadline = time.monotonic() + TRANSCRIPTION_SECONDS
    while time.monotonic() < deadline:
        reviewer.open("/staff/recordings")
        try:
            reviewer.follow("/staff/transcripts/")
            if waiting_passages(reviewer):
                return
        except LookupError:
            pass
        time.sleep(1)
    raise StepError(f"No transcript with passages after {TRANSCRIPTION_SECONDS} s: {reviewer.page.text[-800:]}")


def accept_passages(reviewer: Browser, *, leave: int) -> int:
    """Accept the suggested passages that have a question, all but the last few. Returns how many."""
    accepted = 0
    while len(waiting := waiting_passages(reviewer)) > leave:
        reviewer.submit(waiting[0], button="Accept")
        accepted += 1
    return accepted


def waiting_passages(reviewer: Browser) -> list[Form]:
    """The forms of the suggestions that the machine found a question for."""
    can_accept = [form for form in reviewer.page.forms if form.button("Accept", to="/passages/")]
    return [form for form in can_accept if dict(form.fields).get("question")]


def _form_to_fill_in(browser: Browser) -> Form | None:
    """The form of this page; from the list of pages, that of the first one. None when the form was sent."""
    if browser.page.address.endswith("/written"):
        browser.follow("/written/")
    own = [form for form in browser.page.forms if form.method == "post"]
    return own[0] if own and "/written/sent" not in browser.page.address else None


def _written_values(form: Form, answers: dict[str, str]) -> dict[str, str | list[str]]:
    typed = {f"answer_{key}": text for key, text in answers.items() if f"answer_{key}" in form.names}
    background = {name: value for name, value in BACKGROUND.items() if name in form.names}
    contact = {"name": "Erin Example", "email": CONTRIBUTOR}
    return {
        **typed,
        **background,
        **_all_consents(form),
        **{name: value for name, value in contact.items() if name in form.names},
    }


def _all_consents(form: Form) -> dict[str, str | list[str]]:
    return {name: "yes" for name in form.choices if name.startswith("consent_")}


def _filled(form: Form, values: dict[str, str]) -> dict[str, str | list[str]]:
    return {name: value for name, value in values.items() if name in form.names}


def _staff_address(role: str) -> str:
    return f"{STAFF[role]}@charity.example"
