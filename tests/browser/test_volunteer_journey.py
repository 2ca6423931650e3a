"""Volunteers from the offer to a cancelled booking, with the mails that a calendar program would read."""

import re

from playwright.sync_api import expect

from tests.support.browser_calendars import parse_invitation
from tests.support.browser_installation import BrowserInstallation, extract_link
from tests.support.browser_visitor import Visit, Visitor

ZOE = "zoe.marsh@home.example"
LEE = "lee.park@home.example"
YES_OR_NO = 7  # uses that the example call asks consent for


def offer(zoe: Visitor, name: str = "Zoe Marsh", email: str = ZOE) -> None:
    page = zoe.page
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your email address").fill(email)
    page.get_by_label("In what capacity").fill("I wait for a knee operation.")
    zoe.choose("Are you responding for an organisation", "As an individual")
    zoe.choose("What kind of place", "Rural")
    zoe.choose("What does it show", "A difficulty that persists")
    agreeing = page.get_by_label("Yes", exact=True)
    expect(agreeing).to_have_count(YES_OR_NO)
    for number in range(YES_OR_NO):
        agreeing.nth(number).check()
    zoe.press("Send offer")


def accept(visit: Visit, reference: str) -> None:
    amira = visit("coordinator")
    amira.check_page("dashboard-coordinator")
    amira.follow("Volunteers waiting for a decision")
    amira.check_page("volunteers")
    amira.follow(reference)
    amira.check_page("volunteer-of-staff")
    amira.press("Accept")


def pick(visitor: Visitor, number: int, button: str) -> None:
    visitor.page.get_by_role("radio").nth(number).check()
    visitor.press(button)


def test_a_volunteer_signs_up_books_moves_and_cancels(installation: BrowserInstallation, visit: Visit) -> None:
    zoe = visit()
    zoe.go("/")
    zoe.check_page("call")
    zoe.press("interview")
    zoe.check_page("volunteer-form")
    zoe.press("Send offer")
    expect(zoe.page).to_have_title(re.compile("^Error: "))
    zoe.check_page("volunteer-form-with-errors")
    offer(zoe)
    zoe.check_page("volunteered")

    zoe.go(extract_link(installation.mailbox.wait_for(ZOE)))
    zoe.press("Confirm and continue")
    zoe.check_page("my-page-offered")
    accept(visit, zoe.page.get_by_text("Your reference is").locator("strong").inner_text())

    zoe.go(extract_link(installation.mailbox.wait_for(ZOE, 2)))
    zoe.press("Choose a time")
    zoe.check_page("book-slot")
    pick(zoe, 0, "Book this time")
    zoe.check_page("my-page-booked")
    booked = parse_invitation(installation.mailbox.wait_for(ZOE, 3))
    assert (booked.method, booked.sequence) == ("REQUEST", 0)

    zoe.press("Move the interview")
    zoe.check_page("move-booking")
    pick(zoe, 3, "Move to this time")
    moved = parse_invitation(installation.mailbox.wait_for(ZOE, 4))
    assert (moved.method, moved.uid, moved.sequence) == ("REQUEST", booked.uid, 1)
    assert moved.starts_at != booked.starts_at

    zoe.press("Cancel the interview")
    zoe.check_page("cancel-booking")
    zoe.press("Cancel the interview")
    cancelled = parse_invitation(installation.mailbox.wait_for(ZOE, 5))
    assert (cancelled.method, cancelled.status) == ("CANCEL", "CANCELLED")
    assert (cancelled.uid, cancelled.sequence) == (booked.uid, 2)


def test_a_day_of_a_month_is_chosen_on_other_clocks_without_javascript(
    installation: BrowserInstallation, visit: Visit
) -> None:
    lee = visit(javascript=False)
    lee.go("/calls/waiting-well/volunteer")
    offer(lee, "Lee Park", LEE)
    lee.go(extract_link(installation.mailbox.wait_for(LEE)))
    lee.press("Confirm and continue")
    accept(visit, lee.page.get_by_text("Your reference is").locator("strong").inner_text())

    lee.go(extract_link(installation.mailbox.wait_for(LEE, 2)))
    lee.press("Choose a time")
    lee.tab_to("Show the days as a month")
    with lee.page.expect_navigation():
        lee.page.keyboard.press("Enter")
    lee.page.get_by_label("Show times in the time zone of").select_option("America/New_York")
    lee.press("Show")
    lee.check_page("book-month")
    expect(lee.page.get_by_text("All times are in New York time.")).to_be_visible()
    lee.page.locator("td a").last.focus()
    with lee.page.expect_navigation():
        lee.page.keyboard.press("Enter")
    phone = lee.page.get_by_label("Telephone number")
    if phone.count():  # asked for on days with telephone interviews
        phone.fill("020 7946 0123")
    pick(lee, 0, "Book this time")

    expect(lee.page.get_by_text("(New York time)").first).to_be_visible()
    assert parse_invitation(installation.mailbox.wait_for(LEE, 3)).method == "REQUEST"


def test_an_offer_can_be_made_with_the_keyboard_alone(installation: BrowserInstallation, visit: Visit) -> None:
    kim = visit()
    kim.go("/calls/waiting-well/volunteer")
    keys = kim.page.keyboard

    for label, words in [("Your name", "Kim Oakes"), ("Your email", "kim@home.example"), ("In what", "As a carer.")]:
        kim.tab_to(label)
        keys.type(words)
    for choice in ["For an organisation", "Urban", "Something that works"]:
        kim.tab_to(choice)
        keys.press("Space")
    for _ in range(YES_OR_NO):
        kim.tab_to("Yes")
        keys.press("Space")
    kim.tab_to("Send offer")
    keys.press("Enter")

    kim.page.wait_for_url("**/volunteer/next")
    assert extract_link(installation.mailbox.wait_for("kim@home.example"))
