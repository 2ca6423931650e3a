"""An interviewer taps through an interview while the connection drops and the page is loaded again."""

from contextlib import closing
from datetime import datetime

from playwright.sync_api import expect
from sqlalchemy import create_engine

from tests.support.browser_installation import BrowserInstallation
from tests.support.browser_visitor import Visit
from tests.support.slow_network import run_network

PATIENCE_MILLISECONDS = 40_000  # longer than the longest wait before the page tries again
HOUR_AHEAD = "const own = Date.now; Date.now = () => own() + 3_600_000;"
OWN = "SELECT kind, question_key, note, tapped_at, received_at FROM marker WHERE undone_at IS NULL ORDER BY tapped_at"


def noted(installation: BrowserInstallation) -> list[tuple[str, str | None, str]]:
    engine = create_engine(f"sqlite:///{installation.folder}/data/listening-post.sqlite")
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        rows = cursor.execute(OWN).fetchall()
    engine.dispose()
    for *_, tapped_at, received_at in rows:
        late = datetime.fromisoformat(received_at) - datetime.fromisoformat(tapped_at)
        assert -3 < late.total_seconds() < 300, "The moments are told on the server's clock."
    return [(kind, key, note) for kind, key, note, *_ in rows]


def test_every_tap_arrives_once_through_a_connection_that_drops(
    installation: BrowserInstallation, visit: Visit
) -> None:
    ben = visit("interviewer")
    ben.page.context.add_init_script(HOUR_AHEAD)  # a laptop whose clock is wrong
    page, state = ben.page, ben.page.locator("[data-state]")

    def asked(number: int) -> None:
        page.get_by_role("button", name=f"Asked question {number}", exact=True).click()

    ben.go("/staff/interviews")
    ben.follow("P-")
    ben.press("Interview now")
    with run_network(installation.base_url) as connection:
        page.goto(page.url.replace(installation.base_url, connection.base_url))
        page.get_by_role("button", name="I have switched the recorder on").click()
        asked(1)
        expect(state).to_have_text("All taps sent.", timeout=PATIENCE_MILLISECONDS)
        ben.check_page("live")

        connection.cut()
        asked(2)
        page.get_by_role("button", name="Declined to answer question 3", exact=True).click()
        page.locator("#ask-experience summary").click()
        page.get_by_label("Note on question 3").fill("Tired. <b>Pause</b>")
        page.get_by_role("button", name="Save the note on question 3").click()
        asked(4)
        page.get_by_role("button", name="Undo the last tap").click()
        expect(state).to_contain_text("Not connected. 5 taps not sent yet, saved in this browser")
        ben.check_page("live-without-connection")
        page.close(run_before_unload=False)
        connection.restore()
        page = page.context.new_page()
        ben.page = page
        page.goto(f"{connection.base_url}/staff/interviews")
        ben.follow("P-")
        page.goto(page.url + "/live")
        expect(page.locator("[data-state]")).to_have_text("All taps sent.", timeout=PATIENCE_MILLISECONDS)

    expected = [("began", None, ""), ("asked", "capacity", ""), ("asked", "evidence", "")]
    found = noted(installation)
    assert found[:3] == expected
    assert [(kind, note) for kind, _, note in found[3:]] == [("declined", ""), ("note", "Tired. <b>Pause</b>")]
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('marker:'))") == []


def test_keys_go_through_the_script_when_they_are_wanted(visit: Visit) -> None:
    ben = visit("interviewer")
    ben.go("/staff/interviews")
    ben.follow("P-")
    ben.page.get_by_role("button", name="Interview now").click()
    ben.page.wait_for_url("**/live")
    keys, latest_tap = ben.page.keyboard, ben.page.locator("#ask-experience [data-latest-tap]")
    before = latest_tap.inner_text()

    keys.press("j")
    assert ben.page.evaluate("document.activeElement.tagName") == "BODY"
    ben.tab_to("Dark page and keys")
    keys.press("Enter")
    ben.tab_to("Use keys")
    keys.press("Space")
    for key in "jjjkj":
        keys.press(key)
    keys.press("Enter")
    expect(latest_tap).to_contain_text("Asked at")
    expect(ben.page.locator("[data-announcement]")).to_contain_text("Asked, question 3")
    keys.press("u")

    expect(latest_tap).to_have_text(before)
    ben.page.locator("[data-dark]").check()
    ben.check_page("live-dark")
