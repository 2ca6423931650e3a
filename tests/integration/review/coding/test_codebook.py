"""The codebook of a call: names, order, merging, splitting, retiring, and its history."""

import pytest
from flask import Flask

from core.database import db
from review.coding import codebook
from review.coding.codebook import ThemeDetails, ThemeNameTakenError, ThemeOrderError, ThemeRetiredError
from review.coding.coded_spans import SpanFilters, list_coded_spans
from review.models import Theme, ThemeAction
from tests.support import make, make_evidence, make_review, make_themes


def name_lines(call: object) -> list[tuple[str, int]]:
    return [(line.theme.name, line.depth) for line in codebook.list_themes(call)]  # type: ignore[arg-type]


def test_themes_are_listed_below_their_parents(app: Flask) -> None:
    call = make_evidence.call()
    waiting = make_themes.theme(call, "Waiting")
    make_themes.theme(call, "Staff")
    make_themes.theme(call, "In pain", waiting)

    assert name_lines(call) == [("Waiting", 0), ("In pain", 1), ("Staff", 0)]


def test_a_name_is_used_once_whatever_its_case(app: Flask) -> None:
    call = make_evidence.call()
    make_themes.theme(call, "Waiting")

    with pytest.raises(ThemeNameTakenError, match="already has a theme called “waiting”"):
        make_themes.theme(call, "waiting")

    assert name_lines(call) == [("Waiting", 0)]


def test_the_name_of_a_retired_theme_is_free_until_it_is_brought_back(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    old = make_themes.theme(call, "Waiting")
    codebook.retire_theme(old, by=amira.id)
    make_themes.theme(call, "Waiting")

    with pytest.raises(ThemeNameTakenError):
        codebook.revive_theme(old, by=amira.id)


def test_a_theme_cannot_be_moved_below_its_own_theme(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    waiting = make_themes.theme(call, "Waiting")
    pain = make_themes.theme(call, "In pain", waiting)

    with pytest.raises(ThemeOrderError, match="below itself"):
        codebook.move_theme(waiting, pain, by=amira.id)
    codebook.move_theme(pain, None, by=amira.id)

    assert name_lines(call) == [("Waiting", 0), ("In pain", 0)]


def test_merging_moves_words_and_themes_and_is_in_the_history_of_both(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    queue, waiting = make_themes.theme(call, "Queue"), make_themes.theme(call, "Waiting")
    make_themes.theme(call, "At night", queue)
    written = make_review.written_contribution(call, capacity="We waited a long time.")
    make_themes.coded_answer(written, "waited", queue, amira)

    codebook.merge_themes(queue, waiting, by=amira.id)

    assert name_lines(call) == [("Waiting", 0), ("At night", 1)]
    assert [span.theme_name for span in list_coded_spans(call)] == ["Waiting"]
    assert [row.action for row in load(queue).changes] == [ThemeAction.CREATED, ThemeAction.MERGED]
    assert load(waiting).changes[-1].after == {"from": "Queue", "spans": 1}


def test_splitting_gives_some_words_to_a_new_theme_beside_it(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    waiting = make_themes.theme(call, "Waiting")
    written = make_review.written_contribution(call, capacity="We waited a long time in pain.")
    kept = make_themes.coded_answer(written, "waited", waiting, amira)
    moved = make_themes.coded_answer(written, "in pain", waiting, amira)

    pain = codebook.split_theme(waiting, {moved.id}, ThemeDetails("Pain"), by=amira.id)

    assert [span.text for span in list_coded_spans(call, SpanFilters(frozenset({pain.id})))] == ["in pain"]
    assert [span.id for span in list_coded_spans(call, SpanFilters(frozenset({waiting.id})))] == [kept.id]


def test_a_retired_theme_keeps_its_words_and_takes_no_more(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    waiting = make_themes.theme(call, "Waiting")
    written = make_review.written_contribution(call, capacity="We waited a long time.")
    make_themes.coded_answer(written, "waited", waiting, amira)

    codebook.retire_theme(waiting, by=amira.id)

    assert [span.text for span in list_coded_spans(call)] == ["waited"]
    with pytest.raises(ThemeRetiredError):
        codebook.edit_theme(waiting, ThemeDetails("Other"), by=amira.id)


def load(theme: Theme) -> Theme:
    db.session.expire_all()
    return db.session.get_one(Theme, theme.id)
