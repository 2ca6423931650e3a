"""Somebody in front of a browser, who looks at each page in the ways that every page has to pass."""

import os
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 700}
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MAX_TABS = 80
FOCUSED_LABEL_SCRIPT = """() => {
  const it = document.activeElement;
  return ((it.labels?.[0] ?? it).innerText ?? "").trim();
}"""
SCREENSHOT_FOLDER = os.environ.get("BROWSER_PICTURES")  # a folder to keep a picture of each page in


class Visitor:
    """A page of the browser with the address of the installation."""

    def __init__(self, page: Page, base_url: str, *, has_javascript: bool = True) -> None:
        self.page, self.base_url, self.has_javascript = page, base_url, has_javascript

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.base_url + path)

    def press(self, button: str, *, exact: bool = False) -> None:
        """A button, or a link that looks like one, that leads to another page."""
        self.click_and_wait(self.page.get_by_role("button", name=button, exact=exact).first)

    def follow(self, link: str, *, exact: bool = False) -> None:
        self.click_and_wait(self.page.get_by_role("link", name=link, exact=exact).first)

    def click_and_wait(self, it: Locator) -> None:
        """Click what leads to another page, and wait until that page is there."""
        with self.page.expect_navigation():
            it.click()

    def choose(self, group: str, *answers: str) -> None:
        """Radios or checkboxes of a question."""
        for answer in answers:
            self.page.get_by_role("group", name=group).get_by_label(answer, exact=True).check()

    def tab_to(self, name: str) -> None:
        """With the Tab key alone, until the thing of that name has the focus."""
        for _ in range(MAX_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED_LABEL_SCRIPT).startswith(name):
                return
        raise AssertionError(f"“{name}” cannot be reached with the Tab key.")

    def get_heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    def check_page(self, name: str) -> None:
        """One heading, no violation that axe knows, nothing to scroll sideways at 320 px."""
        expect(self.page.locator("h1"), f"{name}: a page has one h1").to_have_count(1)
        self.page.wait_for_load_state()
        take_screenshot(self.page, f"{name}-1280")
        if self.has_javascript:
            found = Axe().run(self.page, options=AXE_RULES)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a literal type of its own
        width = self.page.evaluate("document.documentElement.scrollWidth")
        take_screenshot(self.page, f"{name}-320")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a literal type of its own
        assert width <= NARROW["width"], f"{name}: {width} px wide in a window of {NARROW['width']} px"


def take_screenshot(page: Page, name: str) -> None:
    """Keep what the page looks like, if somebody asked for pictures."""
    if SCREENSHOT_FOLDER:
        folder = Path(SCREENSHOT_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name.replace(' ', '-')}.png", full_page=True)


Visit = Callable[..., Visitor]  # opens a window: a fixture of the journeys
