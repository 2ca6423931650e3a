"""An interviewer sends the files of a call that has a file for each speaker, and says which language was spoken."""

from pathlib import Path

from playwright.sync_api import expect

from tests.support.browser_visitor import Visit
from tests.support.make_sound import write_sound_file

PATIENCE_MILLISECONDS = 150_000


def test_files_for_each_speaker_are_sent_together(visit: Visit, tmp_path: Path) -> None:
    tracks = [write_sound_file(tmp_path / f"track {level}.m4a", loudness=(level,)) for level in (0.1, 0.2, 0.4)]
    ben = visit("interviewer")
    ben.go("/staff/interviews")
    ben.follow("P-")
    ben.press("Upload the recording")
    files = ben.page.locator("[data-upload-files] > li")
    ben.page.get_by_label("Recordings", exact=True).set_input_files(tracks)
    expect(files).to_have_count(3)
    ben.choose("How these files were recorded", "At the same time, one for each speaker")
    ben.page.locator("#spoken").select_option("Welsh")
    files.nth(2).get_by_role("button", name="Remove").click()
    ben.check_page("upload-together")

    ben.page.get_by_role("button", name="Upload").click()
    for number in range(2):
        expect(files.nth(number)).to_contain_text("Uploaded", timeout=PATIENCE_MILLISECONDS)
    here = ben.page.get_by_role("table", name="Already uploaded").get_by_role("link", name="Recording")
    until_here = expect(ben.page.locator("[data-known-upload][data-changing]"))
    until_here.to_have_count(0, timeout=PATIENCE_MILLISECONDS)
    ben.click_and_wait(here.last)

    main = ben.page.get_by_role("main")
    expect(main).to_contain_text("Welsh")
    expect(main).to_contain_text("Recorded at the same time as")
    expect(main).not_to_contain_text("files are here yet")
    ben.check_page("recording-of-a-track")
