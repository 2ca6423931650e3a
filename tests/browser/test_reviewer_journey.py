"""A reviewer reads an interview, hears it, moves and accepts passages, and finds them beside what others wrote."""

import re

from playwright.sync_api import Locator, expect

from tests.support.browser_installation import BrowserInstallation, wait_for
from tests.support.browser_visitor import Visit, Visitor

PATIENCE_SECONDS = 300  # for the example's interview, cut short
SECOND_TO_FOURTH = r"""said => {
  const texts = said.flatMap((one) => [...one.childNodes]);
  const text = texts.find((node) => node.textContent.trim().split(/\s+/).length > 5);
  const words = [...text.textContent.matchAll(/\S+/g)].slice(1, 4);
  const range = document.createRange();
  range.setStart(text, words[0].index);
  range.setEnd(text, words[2].index + words[2][0].length);
  text.parentElement.scrollIntoView({ block: "center" });
  const [first, last] = [range.getClientRects()[0], [...range.getClientRects()].at(-1)];
  const middle = (box) => box.top + box.height / 2;
  return [first.left + 1, middle(first), last.right - 1, middle(last), range.toString()];
}"""
HEARD = "() => [...document.querySelectorAll('audio')].some(it => !it.paused && it.currentTime > 0)"


def wait_for_suggestions(cara: Visitor, reference: str) -> None:
    def is_there() -> bool:
        cara.page.reload()
        return cara.page.get_by_role("main").get_by_role("link", name=reference).count() > 0

    wait_for(is_there, "suggestions in the example's interview", PATIENCE_SECONDS)


def narrow_to_interviews(cara: Visitor) -> None:
    cara.page.get_by_label("Type", exact=True).select_option("Interview")
    cara.press("Show")
    assert "mode=interview" in cara.page.url


def accept_one(cara: Visitor) -> str:
    """Accept the suggestion that is at hand, and return its question. Nothing is loaded again."""
    question = cara.page.locator("[data-at-hand-question]").inner_text()
    shown = cara.page.evaluate("window.isSamePage = true")
    cara.page.get_by_role("button", name="Accept", exact=True).click()
    accepted = cara.page.locator("article.lp-passage--accepted")
    expect(accepted).to_have_count(1)
    expect(accepted).to_contain_text(question)
    assert shown
    assert cara.page.evaluate("window.isSamePage")
    return question.partition(". ")[2]


def find_accepted(cara: Visitor, question: str) -> Locator:
    heading = cara.page.get_by_role("heading", name=question)
    return cara.page.locator("article.lp-passage--accepted").filter(has=heading)


def give_one(cara: Visitor, question: str) -> None:
    """Give the passage that is at hand to another question: that is the decision."""
    cara.page.get_by_role("button", name=question).click()
    given = find_accepted(cara, question)
    expect(given.first).to_be_visible()


def correct_one(cara: Visitor) -> None:
    said = cara.page.locator("[data-segment]").first
    said.click()
    cara.page.keyboard.press("Control+End")
    cara.page.keyboard.type(" Corrected by hand.")
    expect(cara.page.locator("[data-saved]")).to_have_text("Saved")
    cara.page.reload()
    expect(said).to_contain_text("Corrected by hand.")


def test_a_reviewer_reads_hears_moves_and_accepts(installation: BrowserInstallation, visit: Visit) -> None:
    cara, reference = visit("reviewer"), installation.get_interviewed_reference()  # other journeys send recordings too
    wait_for_suggestions(cara, reference)
    cara.check_page("dashboard-reviewer")
    cara.follow("Evidence", exact=True)
    cara.check_page("read-call")
    narrow_to_interviews(cara)
    cara.check_page("read-call-narrowed")
    cara.follow("Did the approach cost more")
    cara.check_page("read-question-narrowed")
    assert "mode=interview" in cara.page.url
    cara.go("/staff/read/recordings")
    cara.check_page("recordings-by-stage")

    cara.follow(f"Read the interview of {reference}")
    cara.check_page("desk")
    expect(cara.page.get_by_text("demonstration model").first).to_be_visible()
    cara.page.get_by_role("link", name="Play from").nth(1).click()
    cara.page.wait_for_function(HEARD)

    question = accept_one(cara)
    give_one(cara, "How did you know whether it worked?")
    cara.page.wait_for_function(HEARD)
    correct_one(cara)
    cara.check_page("desk-decided")

    cara.go("/staff/read")
    cara.follow(question)
    expect(cara.page.get_by_role("heading", name="Spoken (1)")).to_be_visible()
    expect(cara.page.get_by_role("heading", name=re.compile(r"^Written \([3-9]\)$"))).to_be_visible()
    cara.check_page("read-question")
    cara.follow("P-")
    cara.check_page("read-written")


def open_transcript(cara: Visitor, reference: str) -> None:
    wait_for_suggestions(cara, reference)
    cara.go("/staff/read/recordings")
    cara.follow(f"Read the interview of {reference}")


def take_up_boundary(cara: Visitor) -> Locator:
    cara.page.get_by_role("button", name="Move boundaries").click()
    boundary = cara.page.get_by_role("slider").first
    boundary.scroll_into_view_if_needed()
    return boundary


def test_a_reviewer_moves_boundaries_by_keyboard_and_by_pointer(
    installation: BrowserInstallation, visit: Visit
) -> None:
    cara, reference = visit("reviewer"), installation.get_interviewed_reference()
    open_transcript(cara, reference)

    boundary = take_up_boundary(cara)
    boundary.focus()
    cara.check_page("ribbon")
    cara.page.keyboard.press("Shift+ArrowRight")
    expect(boundary).to_have_attribute(
        "aria-valuetext", re.compile(r"^Boundary between “.+” and “.+” at \d+:\d\d, before “")
    )
    cara.page.keyboard.press("Enter")
    expect(cara.page.get_by_role("button", name="Undo: a boundary moved")).to_be_visible()

    boundary = cara.page.get_by_role("slider").first
    box = boundary.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    cara.page.mouse.move(*middle)
    with cara.page.expect_response("**/places"):
        cara.page.mouse.down()
    cara.page.mouse.move(middle[0] + 60, middle[1], steps=6)
    with cara.page.expect_response("**/begins"):
        cara.page.mouse.up()
    expect(cara.page.get_by_role("button", name="Undo: a boundary moved")).to_be_visible()


def select_words(cara: Visitor) -> str:
    """With the mouse, from the second word of what somebody said to the fourth; returns them."""
    expect(cara.page.get_by_role("button", name="Move boundaries")).to_be_visible()
    cara.page.wait_for_load_state("networkidle")  # the player's wave and the ribbon's buttons move what is below
    said = cara.page.locator("article.lp-passage [data-segment]")
    left, top, right, bottom, words = said.evaluate_all(SECOND_TO_FOURTH)
    cara.page.mouse.move(left, top)
    cara.page.mouse.down()
    cara.page.mouse.move(right, bottom, steps=5)
    cara.page.mouse.up()
    return str(words)


def unused_question(cara: Visitor, form: Locator) -> str:
    """One that no passage has: others have reviewed this interview too."""
    used = cara.page.locator("article.lp-passage h2").all_inner_texts()
    return next(label for label in form.locator("option").all_inner_texts() if label not in used)


def test_a_reviewer_gives_a_question_to_words_that_are_selected(
    installation: BrowserInstallation, visit: Visit
) -> None:
    cara, reference = visit("reviewer"), installation.get_interviewed_reference()
    open_transcript(cara, reference)
    words = select_words(cara)
    form = cara.page.get_by_role("form", name="Question for the selected words")
    expect(form).to_contain_text(f"“{words}”")
    cara.check_page("words-selected")

    question = unused_question(cara, form)
    form.get_by_label("Question for the selected words").select_option(label=question)
    form.get_by_role("button", name="Give and accept").click()
    given = find_accepted(cara, question)
    expect(given.locator("[data-segment]").first).to_have_text(words)
    cara.page.get_by_role("button", name="Undo: chosen words moved to").click()

    expect(given).to_have_count(0)
    expect(cara.page.get_by_role("button", name="Redo: chosen words moved to")).to_be_visible()
