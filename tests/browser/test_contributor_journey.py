"""A contributor writes, leaves, comes back by the mailed link and sends; with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.support.browser_installation import BrowserInstallation, extract_link
from tests.support.browser_visitor import Visit, Visitor

CAPACITY = "I run a waiting list clinic."


def begin(writer: Visitor, email: str) -> None:
    writer.go("/calls/waiting-well/write")
    writer.check_page("write")
    writer.press("Start")
    writer.check_page("write-address")
    writer.page.get_by_label("Your email address").fill(email)
    writer.press("Continue")
    writer.check_page("written-tasks")


def describe(writer: Visitor) -> None:
    writer.follow("About your case study")
    writer.check_page("case-study")
    writer.choose("Are you responding for an organisation", "For an organisation")
    writer.choose("What kind of place", "Urban", "Disadvantaged")
    writer.choose("What does it show", "Something that works")
    writer.press("Save and continue")


def allow_everything(writer: Visitor) -> None:
    agreeing = writer.page.get_by_label("Yes", exact=True)
    for number in range(agreeing.count()):
        agreeing.nth(number).check()
    writer.press("Save and continue")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_contributor_saves_returns_by_link_and_sends(
    installation: BrowserInstallation, visit: Visit, javascript: bool
) -> None:
    email = f"writer.{javascript}@home.example".lower()
    writer = visit(javascript=javascript)
    begin(writer, email)
    describe(writer)
    writer.page.get_by_label("In what capacity").fill(CAPACITY)
    writer.check_page("answer-section")
    writer.press("Save and come back later")
    writer.check_page("saved-for-later")

    writer = visit(javascript=javascript)
    writer.go(extract_link(installation.mailbox.wait_for(email)))
    writer.check_page("confirm-email")
    writer.press("Confirm and continue")
    writer.check_page("own-page-writing")
    writer.follow("Continue writing")
    writer.follow("About you", exact=True)
    expect(writer.page.get_by_label("In what capacity")).to_have_value(CAPACITY)

    writer.go("/my/waiting-well/written/consent")
    writer.check_page("allow-uses")
    allow_everything(writer)
    writer.go("/my/waiting-well/written/check")
    writer.check_page("check-written")
    writer.press("Send", exact=True)
    writer.check_page("written-sent")
    copy = installation.mailbox.wait_for(email, 2).get_body(("plain",))
    assert copy is not None
    assert CAPACITY in copy.get_content()
