"""An interviewer publishes times, reads the script of an interview, uploads its recording and watches it come in."""

from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.support.browser_installation import BrowserInstallation, wait_for
from tests.support.browser_visitor import Visit, Visitor
from tests.support.sound_clips import write_clip

PATIENCE_SECONDS = 150  # for a few seconds of speech, after whatever else the worker has to do


def publish_times(ben: Visitor) -> None:
    first = date.today() + timedelta(days=20)  # noqa: DTZ011 behind the example's times, and within the weeks that the page shows
    ben.go("/staff/slots/publish")
    ben.check_page("publish-slots")
    day = ben.page.get_by_role("group", name="First day", exact=True)
    for part, value in [("Day", first.day), ("Month", first.month), ("Year", first.year)]:
        day.get_by_label(part, exact=True).fill(str(value))
    ben.page.get_by_label("Times").fill("9:30, 13:00")
    ben.choose("How will you meet?", "By phone")
    ben.press("Publish", exact=True)
    expect(ben.page.get_by_role("main")).to_contain_text("9:30am to 10:15am")


def test_an_interviewer_publishes_looks_and_uploads(
    installation: BrowserInstallation, visit: Visit, tmp_path: Path
) -> None:
    ben = visit("interviewer")
    ben.check_page("dashboard-interviewer")
    ben.go("/staff/slots")
    ben.check_page("slots")
    publish_times(ben)
    ben.follow("Interviews", exact=True)
    ben.check_page("own-interviews")
    ben.follow("P-")
    ben.check_page("show-interview")
    ben.press("Open the script")
    ben.check_page("script")
    ben.page.go_back()

    ben.press("Upload the recording")
    ben.check_page("upload-recording")
    recording = write_clip("interview-2", 8, tmp_path / "Owen Pritchard.wav")
    here = ben.page.get_by_role("table", name="Already uploaded").get_by_role("link", name="Recording")
    before = here.count()  # other journeys may have sent some to the same interview
    ben.page.get_by_label("Recordings", exact=True).set_input_files(recording)
    ben.page.get_by_role("button", name="Upload").click()
    expect(here).to_have_count(before + 1, timeout=PATIENCE_SECONDS * 1000)
    ben.click_and_wait(here.nth(before))
    ben.check_page("recording-in-work")
    assert "Pritchard" not in ben.page.content()

    def is_transcribed() -> bool:
        return ben.page.get_by_role("link", name="Read the transcript").count() > 0

    wait_for(is_transcribed, "the transcript", PATIENCE_SECONDS)
    ben.check_page("recording-transcribed")
    expect(ben.page.get_by_role("progressbar")).to_have_count(0)
