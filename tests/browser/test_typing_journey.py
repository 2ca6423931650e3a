"""A contributor types while the network drops, and closes the tab: nothing is lost. Nor without JavaScript."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.support.browser_installation import BrowserInstallation, wait_for
from tests.support.browser_visitor import Visit, Visitor

SECTION = "/my/waiting-well/written/sections/you"
FIELD = "In what capacity"
COUNT_DRAFTS = "Object.keys(localStorage).filter((name) => name.startsWith('typed:')).length"


def begin(writer: Visitor, email: str) -> None:
    writer.go("/calls/waiting-well/write/address")
    writer.page.get_by_label("Your email address").fill(email)
    writer.press("Continue")


def type_at_end(page: Page, words: str) -> None:
    field = page.get_by_label(FIELD)
    field.press("End")
    field.press_sequentially(words)


def expect_state(page: Page, words: str) -> None:
    expect(page.locator("[data-typing-message]")).to_contain_text(words)


def test_words_typed_without_a_network_survive_a_closed_tab(installation: BrowserInstallation, visit: Visit) -> None:
    writer = visit()
    begin(writer, "typing@home.example")
    writer.go(SECTION)
    type_at_end(writer.page, "I run a clinic")
    expect_state(writer.page, "Saved at")
    writer.check_page("typing-saved")
    window = writer.page.context

    window.set_offline(True)
    type_at_end(writer.page, " in Leeds")
    expect_state(writer.page, "Not saved yet: no connection. Your words are kept in this browser.")
    writer.page.get_by_role("button", name="Save and continue").click()
    writer.check_page("typing-not-saved")
    assert writer.page.evaluate(COUNT_DRAFTS) == 1
    first_tab, writer.page = writer.page, window.new_page()
    first_tab.close()
    window.set_offline(False)
    writer.go(SECTION)

    expect(writer.page.get_by_label(FIELD)).to_have_value("I run a clinic in Leeds")
    wait_for(lambda: writer.page.evaluate(COUNT_DRAFTS) == 0, "the words to be saved", 20)
    writer.page.reload()
    expect(writer.page.get_by_label(FIELD)).to_have_value("I run a clinic in Leeds")


def test_words_that_never_reached_the_server_are_put_back(installation: BrowserInstallation, visit: Visit) -> None:
    writer = visit()
    begin(writer, "restored@home.example")
    writer.go(SECTION)
    writer.page.route("**/autosave", lambda route: route.abort())
    writer.page.on("dialog", lambda dialog: dialog.accept())
    type_at_end(writer.page, "Only in this browser")
    expect_state(writer.page, "Not saved yet: no connection.")

    writer.go(SECTION)

    expect(writer.page.get_by_label(FIELD)).to_have_value("Only in this browser")
    expect_state(writer.page, "We put back what you typed before")
    writer.check_page("typing-put-back")
    writer.page.unroute_all()
    writer.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect_state(writer.page, "Saved at")


def test_leaving_the_page_removes_what_the_browser_kept(installation: BrowserInstallation, visit: Visit) -> None:
    writer = visit()
    begin(writer, "leaving@home.example")
    writer.go(SECTION)
    writer.page.route("**/autosave", lambda route: route.abort())
    type_at_end(writer.page, "I am leaving")
    expect_state(writer.page, "Not saved yet")
    warnings: list[str] = []

    def accept(dialog: Dialog) -> None:
        warnings.append(dialog.type)
        dialog.accept()

    writer.page.on("dialog", accept)

    writer.press("Leave your page")

    assert warnings == ["beforeunload"]
    assert writer.page.evaluate(COUNT_DRAFTS) == 0


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_words_sent_without_a_session_are_sent_again_after_signing_in(
    installation: BrowserInstallation, visit: Visit, javascript: bool
) -> None:
    writer = visit(javascript=javascript)
    begin(writer, f"expired.{javascript}@home.example".lower())
    writer.go(SECTION)
    cookies = writer.page.context.cookies()
    writer.page.context.clear_cookies()
    writer.page.get_by_label(FIELD).fill("I am still here")
    writer.press("Save and continue")
    assert writer.get_heading() == "Sign in again to save this"
    writer.check_page("form-expired")

    writer.page.context.clear_cookies()
    writer.page.context.add_cookies(cookies)  # type: ignore[arg-type]  # as another tab gets them
    writer.press("Send again")
    if writer.get_heading() == "This page was open for too long":
        writer.press("Send again")

    writer.go(SECTION)
    expect(writer.page.get_by_label(FIELD)).to_have_value("I am still here")


def test_back_gives_a_form_back(installation: BrowserInstallation, visit: Visit) -> None:
    writer = visit()
    writer.go("/calls/waiting-well/volunteer")
    field = writer.page.locator("main textarea").first
    field.fill("I need a quiet room.")

    writer.go("/")
    with writer.page.expect_navigation():
        writer.page.go_back()

    expect(writer.page.locator("main textarea").first).to_have_value("I need a quiet room.")
