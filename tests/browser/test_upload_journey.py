"""An interviewer sends the recordings of an interview over a network that breaks, and goes on the next day."""

import random
import re
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support.browser_installation import BrowserInstallation, wait_for
from tests.support.browser_visitor import Visit, Visitor
from tests.support.slow_network import SlowNetwork, run_network

BYTES = 8_000_000
SLOW = 1_500_000.0
FAST = 100e6
PATIENCE_MILLISECONDS = 150_000  # whatever else the worker has to do comes first


@pytest.fixture
def road(installation: BrowserInstallation) -> Iterator[SlowNetwork]:
    with run_network(installation.base_url) as made:
        yield made


def big_recording(path: Path, seed: int, size: int = BYTES) -> Path:
    """A few seconds of faint noise that take many bytes."""
    with wave.open(str(path), "wb") as target:
        target.setnchannels(2)
        target.setsampwidth(4)
        target.setframerate(192_000)
        target.writeframes(random.Random(seed).randbytes(size))
    return path


def at_the_upload(visitor: Visitor, road: SlowNetwork) -> Visitor:
    """On the page of the example's interview, by the slow road."""
    visitor.go("/staff/interviews")
    visitor.follow("P-")
    visitor.press("Upload the recording")
    visitor.base_url = road.base_url
    visitor.go(re.sub(r"^https?://[^/]+", "", visitor.page.url))
    expect(visitor.page.locator("[data-upload]")).to_be_visible()  # until then the plain form has the same button
    return visitor


def files(visitor: Visitor) -> Locator:
    return visitor.page.locator("[data-upload-files] > li")


def known_uploads(visitor: Visitor) -> set[str]:
    """Those that the page remembers, also of other journeys."""
    addresses = visitor.page.locator("[data-known-upload]").evaluate_all("all => all.map(it => it.dataset.knownUpload)")
    return set(addresses)


def wait_for_percent(visitor: Visitor, number: int, more_than: float) -> None:
    bar = files(visitor).nth(number).locator("progress")
    wait_for(
        lambda: float(bar.evaluate("bar => bar.value")) > more_than,
        f"more than {more_than} %",
        PATIENCE_MILLISECONDS / 1000,
    )


def test_recordings_are_sent_in_order_over_a_network_that_breaks(
    visit: Visit, road: SlowNetwork, tmp_path: Path
) -> None:
    first, second = big_recording(tmp_path / "Owen part 1.wav", 1), big_recording(tmp_path / "Owen part 2.wav", 2)
    ben = at_the_upload(visit("interviewer"), road)
    ben.check_page("upload-empty")
    here = ben.page.get_by_role("table", name="Already uploaded").get_by_role("link", name="Recording")
    before = here.count()  # other journeys may have sent some to the same interview
    ben.page.get_by_label("Recordings", exact=True).set_input_files([second, first])
    expect(files(ben)).to_have_count(2)
    files(ben).nth(1).get_by_role("button", name="Move up").click()
    expect(files(ben).nth(0)).to_contain_text("Owen part 1.wav")
    ben.check_page("upload-chosen")

    road.bytes_per_second = SLOW
    ben.page.get_by_role("button", name="Upload").click()
    wait_for_percent(ben, 0, 20)
    ben.check_page("upload-sending")
    road.cut()
    expect(files(ben).nth(0)).to_contain_text("It will continue when the network is back")
    ben.check_page("upload-cut")
    road.restore()
    wait_for_percent(ben, 0, 60)
    files(ben).nth(0).get_by_role("button", name="Pause").click()
    expect(files(ben).nth(0)).to_contain_text("Paused at")
    ben.check_page("upload-paused")
    road.bytes_per_second = FAST
    files(ben).nth(0).get_by_role("button", name="Resume").click()

    for number in range(2):
        expect(files(ben).nth(number)).to_contain_text("Uploaded", timeout=PATIENCE_MILLISECONDS)
    expect(here).to_have_count(before + 2, timeout=PATIENCE_MILLISECONDS)
    ben.check_page("upload-arrived")
    ben.click_and_wait(here.nth(before))
    expect(ben.page.get_by_role("main")).to_contain_text("MB")
    assert "Owen" not in ben.page.content()


def test_an_upload_goes_on_in_another_browser_on_another_day(visit: Visit, road: SlowNetwork, tmp_path: Path) -> None:
    sound = big_recording(tmp_path / "interview.wav", 3)
    ben = at_the_upload(visit("interviewer"), road)
    road.bytes_per_second = SLOW
    ben.page.get_by_label("Recordings", exact=True).set_input_files(sound)
    ben.page.get_by_role("button", name="Upload").click()
    wait_for_percent(ben, 0, 30)
    ben.page.goto("about:blank")

    later = at_the_upload(visit("interviewer"), road)
    expect(later.page.locator("#uploads")).to_contain_text("Choose the same file again to continue where it stopped")
    later.check_page("upload-unfinished")
    later.page.get_by_label("Recordings", exact=True).set_input_files(sound)
    expect(files(later)).to_contain_text("has been uploaded")
    later.check_page("upload-known-again")
    road.bytes_per_second = FAST
    later.page.get_by_role("button", name="Upload").click()

    expect(files(later)).to_contain_text("Uploaded", timeout=PATIENCE_MILLISECONDS)
    expect(later.page.locator("[data-known-upload]")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)


def test_an_upload_is_begun_paused_and_cancelled_by_keyboard(visit: Visit, road: SlowNetwork, tmp_path: Path) -> None:
    ben = at_the_upload(visit("interviewer"), road)
    before = known_uploads(ben)
    road.bytes_per_second = SLOW
    ben.page.get_by_label("Recordings", exact=True).set_input_files(big_recording(tmp_path / "a.wav", 4))
    expect(ben.page.get_by_role("button", name="Upload")).to_be_visible()  # once the file has been looked at
    ben.tab_to("Upload")
    ben.page.keyboard.press("Enter")
    wait_for_percent(ben, 0, 5)

    expect(files(ben).get_by_role("button", name="Pause")).to_be_focused()
    ben.page.keyboard.press("Enter")
    expect(files(ben).get_by_role("button", name="Resume")).to_be_focused()
    ben.tab_to("Cancel")
    ben.page.keyboard.press("Enter")

    expect(files(ben)).to_contain_text("Cancelled. Nothing of it is kept.")
    expect(ben.page.get_by_role("status")).to_contain_text("Cancelled")
    ben.page.reload()
    assert known_uploads(ben) <= before


def test_an_unusable_file_is_reported_and_set_aside(visit: Visit, road: SlowNetwork, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "letter.mp3").write_text("Dear interviewer, this is a letter.\n" * 20)
    ben = at_the_upload(visit("interviewer"), road)

    ben.page.get_by_label("Recordings", exact=True).set_input_files([tmp_path / "empty.wav", tmp_path / "letter.mp3"])
    expect(files(ben).first).to_contain_text("This file is empty")
    ben.page.get_by_role("button", name="Upload").click()
    expect(files(ben).last).to_contain_text("Uploaded", timeout=PATIENCE_MILLISECONDS)
    ben.check_page("upload-refused")
    why = ben.page.locator("#uploads [data-refused]").last  # without loading the page again
    expect(why).to_contain_text("We cannot read this file", timeout=PATIENCE_MILLISECONDS)

    amira = visit("coordinator")

    def is_refused() -> bool:
        amira.go("/staff/recordings?state=refused")
        return "We cannot read this file" in amira.page.inner_text("main")

    wait_for(is_refused, "the list of refused recordings", PATIENCE_MILLISECONDS / 1000)
    amira.check_page("refused-recordings")


def test_without_javascript_the_plain_form_is_there(visit: Visit, tmp_path: Path) -> None:
    ben = visit("interviewer", javascript=False)
    ben.go("/staff/interviews")
    ben.follow("P-")
    ben.press("Upload the recording")
    ben.check_page("upload-plain")

    ben.page.get_by_label("Recording", exact=True).set_input_files(big_recording(tmp_path / "b.wav", 5, 400_000))
    ben.press("Upload")

    assert "Recording" in ben.get_heading()
