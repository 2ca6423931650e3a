"""Double coding: blind until all have finished, then agreement, differences, and what is kept."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.roles import Role
from core.database import db
from evidence.models import Call, Contribution
from review.agreement import rounds
from review.coding import codebook
from review.coding.coded_spans import list_coded_spans
from review.models import CodingRound, CodingTask, Theme
from tests.support import five_people, make, make_evidence, make_review, make_themes


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(slug="our-call")


def begin(call: Call) -> tuple[CodingRound, list[CodingTask]]:
    """One contribution of two sentences; two coders, with their tasks in the order of their names."""
    make_review.written_contribution(call, capacity="We waited. It was bad.")
    coders = [make.staff(name, Role.REVIEWER) for name in ("cara", "dora")]
    row = rounds.create_round(call, "First", [one.id for one in coders], 5, by=coders[0].id)
    tasks = {task.coder_id: task for task in row.tasks}
    return row, [tasks[one.id] for one in coders]


def code(row: CodingRound, task: CodingTask, words: str, call: Call) -> None:
    theme = rounds_theme(call)
    rounds.code_in_round(row, make_themes.answer_anchor(task.contribution, words), theme, by=task.coder_id)


def rounds_theme(call: Call) -> Theme:
    lines = codebook.list_themes(call)
    return lines[0].theme if lines else make_themes.theme(call)


def sign_in(app: Flask, task: CodingTask) -> FlaskClient:
    return five_people.sign_in_staff(app, task.coder_id)


def test_nobody_sees_others_until_all_have_finished(app: Flask, call: Call) -> None:
    row, (one, other) = begin(call)
    code(row, one, "waited", call)
    dora = sign_in(app, other)

    page = dora.get(f"/staff/coding-tasks/{other.id}").text
    reading = dora.get(f"/staff/read/written/{other.contribution_id}").text

    assert "<mark" not in page + reading
    assert dora.get(f"/staff/coding-tasks/{one.id}").status_code == 404
    assert rounds.list_disagreements(row) == []
    assert list_coded_spans(call) == []


def test_the_worker_calculates_and_differences_are_listed(app: Flask, call: Call) -> None:
    row, (one, other) = begin(call)
    for task, words in ((one, "waited"), (one, "bad"), (other, "We waited.")):
        code(row, task, words, call)
    for task in (one, other):
        rounds.finish_task(task, is_skipped=False)
    db.session.commit()

    make.run_jobs()

    ((_, figures),) = rounds.read_figures(db.session.get_one(CodingRound, row.id))
    assert (figures.units, figures.coded_by_all, figures.coded_by_some, figures.percent) == (2, 1, 1, 0.5)
    (difference,) = rounds.list_disagreements(row)
    assert (difference.unit.text, difference.given_by) == ("It was bad.", (one.coder_id,))
    page = sign_in(app, one).get(f"/staff/rounds/{row.id}").text
    assert "It was bad." in page
    assert "0.50" in page


def test_what_everybody_agreed_on_becomes_evidence(app: Flask, call: Call) -> None:
    row, (one, other) = begin(call)
    for task, words in ((one, "waited"), (one, "bad"), (other, "We waited.")):
        code(row, task, words, call)
    for task in (one, other):
        rounds.finish_task(task, is_skipped=False)

    sign_in(app, one).post(f"/staff/rounds/{row.id}/close")

    assert [span.text for span in list_coded_spans(call)] == ["We waited."]


def test_a_coder_codes_and_finishes_on_pages(app: Flask, call: Call) -> None:
    _, (one, _) = begin(call)
    theme, cara = rounds_theme(call), sign_in(app, one)
    whole = make_themes.answer_anchor(one.contribution, "We waited. It was bad.")

    words = cara.get(f"/staff/words/{whole}/choose?task={one.id}&from=0&to=2").location
    cara.post(words, data={"theme": str(theme.id)})
    coded = cara.get(f"/staff/coding-tasks/{one.id}").text
    cara.post(f"/staff/coding-tasks/{one.id}/finish")

    assert 'data-themes="Waiting">We waited.</mark>' in coded
    assert "You have finished" in cara.get(f"/staff/coding-tasks/{one.id}").text
    refused = cara.post(words, data={"theme": str(theme.id)}).text
    assert "You have finished this contribution" in refused


def test_a_round_needs_two_people_who_code(call: Call, app: Flask) -> None:
    written: Contribution = make_review.written_contribution(call, capacity="We waited.")
    cara = make.staff("cara", Role.REVIEWER)

    page = five_people.sign_in_staff(app, cara.id).post(
        "/staff/read/our-call/rounds", data={"title": "One", "coders": str(cara.id), "size": "3"}
    )

    assert "Choose at least two people who code." in page.text
    assert rounds.list_rounds(written.call) == []
