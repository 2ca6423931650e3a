"""An interviewer publishes times, reads the script of an interview, uploads its recording and watches it come in."""

from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.installation import Installation, until
from tests.browser.sounds import cut
from tests.browser.visitor import Visitor

PATIENCE_SECONDS = 150  # for a few seconds of speech, after whatever else the worker has to do


def publish_times(ben: Visitor) -> None:
    first = date.today() + timedelta(days=20)  # noqa: DTZ011 behind the example's times, and within the weeks that the page shows
    ben.go("/staff/slots/publish")
    ben.look("publish-slots")
    day = ben.page.get_by_role("group", name="First day", exact=True)
    for part, value in [("Day", first.day), ("Month", first.month), ("Year", first.year)]:
        day.get_by_label(part, exact=True).fill(str(value))
    ben.page.get_by_label("Times").fill("9:30, 13:00")
    ben.choose("How do you meet?", "By telephone")
    ben.press("Publish", exact=True)
    expect(ben.page.get_by_role("main")).to_contain_text("9:30 to 10:15")


def test_an_interviewer_publishes_looks_and_uploads(place: Installation, visit: Visit, tmp_path: Path) -> None:
    ben = visit("interviewer")
    ben.look("dashboard-interviewer")
    ben.go("/staff/slots")
    ben.look("slots")
    publish_times(ben)
    ben.follow("Interviews", exact=True)
    ben.look("own-interviews")
    ben.follow("P-")
    ben.look("show-interview")
    ben.press("Open the script")
    ben.look("script")
    ben.page.go_back()

    ben.press("Upload the recording")
    ben.look("upload-recording")
    recording = cut("interview-2", 8, tmp_path / "Owen Pritchard.wav")
    here = ben.page.get_by_role("table", name="Already here").get_by_role("link", name="Recording")
    before = here.count()  # other journeys may have sent some to the same interview
    ben.page.get_by_label("Recordings", exact=True).set_input_files(recording)
    ben.page.get_by_role("button", name="Send").click()
    expect(here).to_have_count(before + 1, timeout=PATIENCE_SECONDS * 1000)
    ben.leave_by(here.nth(before))
    ben.look("recording-in-work")
    assert "Pritchard" not in ben.page.content()

    def is_transcribed() -> bool:
        return ben.page.get_by_role("link", name="Read the transcript").count() > 0

    until(is_transcribed, "the transcript", PATIENCE_SECONDS)
    ben.look("recording-transcribed")
    expect(ben.page.get_by_role("progressbar")).to_have_count(0)
