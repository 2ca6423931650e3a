"""A reviewer gives words a theme with the keyboard, quotes them without JavaScript, and compares."""

from playwright.sync_api import expect

from tests.support.browser_installation import BrowserInstallation
from tests.support.browser_visitor import Visit

SELECT_FIRST_WORDS = """() => {
  const text = document.querySelector("[data-words]");
  const range = document.createRange();
  range.setStart(text.firstChild, 0);
  range.setEnd(text.firstChild, 20);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def test_words_get_a_theme_and_become_a_quote(installation: BrowserInstallation, visit: Visit) -> None:
    cara = visit("reviewer")
    cara.follow("Evidence", exact=True)
    cara.follow("In what capacity")
    cara.page.evaluate(SELECT_FIRST_WORDS)
    expect(cara.page.get_by_role("link", name="Add a theme or a quote to the selected words")).to_be_visible()
    with cara.page.expect_navigation():
        cara.page.keyboard.press("Enter")
    cara.check_page("code-words")
    cara.page.get_by_label("Or the name of a new theme").fill("Who they are")
    cara.press("Give them this theme")
    cara.check_page("code-words-coded")
    cara.press("Make a quote")
    cara.check_page("edit-quote")
    cara.page.get_by_label("Where it may be used").fill("Report, chapter 2")
    cara.press("Save")
    cara.follow("Quotes", exact=True)
    expect(cara.page.get_by_text("For: Report, chapter 2")).to_be_visible()
    cara.check_page("list-quotes")
    cara.follow("Themes", exact=True)
    cara.check_page("list-themes")
    cara.follow("Who they are")
    cara.check_page("show-theme")
    cara.follow("Themes", exact=True)
    cara.follow("Compare", exact=True)
    cara.check_page("compare-themes")
    cara.follow("Double coding", exact=True)
    cara.check_page("list-rounds")


def test_sentences_are_chosen_without_javascript(installation: BrowserInstallation, visit: Visit) -> None:
    cara = visit("reviewer", javascript=False)
    cara.follow("Evidence", exact=True)
    cara.follow("In what capacity")
    cara.follow("Add a theme or a quote")
    cara.check_page("choose-words")
    cara.page.get_by_role("checkbox").first.check()
    cara.press("Continue")

    expect(cara.page.locator("mark")).to_have_count(1)
