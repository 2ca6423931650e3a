"""One installation and one browser for all journeys; each journey has a window of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.browser_installation import BrowserInstallation, run_installation
from tests.support.browser_visitor import WIDE, Visit, Visitor, take_screenshot
from tests.support.sound_clips import write_clip

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
INTERVIEW_SECONDS = 40  # a greeting, and two questions with their answers
TIMEOUT_MILLISECONDS = 30_000  # of a machine that has much else to do

expect.set_options(timeout=TIMEOUT_MILLISECONDS)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserInstallation]:
    recording = write_clip("interview-1", INTERVIEW_SECONDS, tmp_path_factory.mktemp("sound") / "interview.wav")
    with run_installation(tmp_path_factory.mktemp("installation"), recording) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium when there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM if CHROMIUM.exists() else None, args=CHROMIUM_FLAGS
        )
        yield started
        started.close()


@pytest.fixture
def visit(installation: BrowserInstallation, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """`visit()` opens a window of somebody new, `visit(role="reviewer")` one of a signed-in member of staff."""
    windows = []

    def open_window(role: str | None = None, *, javascript: bool = True) -> Visitor:
        window = browser.new_context(viewport=WIDE, java_script_enabled=javascript, locale="en-GB")  # type: ignore[arg-type]
        window.set_default_timeout(TIMEOUT_MILLISECONDS)
        windows.append(window)
        visitor = Visitor(window.new_page(), installation.base_url, has_javascript=javascript)
        if role:
            visitor.go(installation.sign_in_link(role))
            visitor.page.get_by_role("main").get_by_role("button").click()
            visitor.page.wait_for_url("**/staff")
        return visitor

    yield open_window
    for number, window in enumerate(windows):
        take_screenshot(window.pages[0], f"{request.node.name}-last-{number}")
        window.close()
