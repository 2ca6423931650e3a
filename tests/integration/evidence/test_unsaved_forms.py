"""Nothing typed is lost: saving while typing, and a section that is sent after the session has ended."""

import re

import pytest
from flask import Flask

from core.database import db
from evidence import written_contributions
from evidence.models import Contribution, UnsavedForm
from tests.support import five_people, make_evidence
from tests.support.make_evidence import schedule_data

pytestmark = pytest.mark.one_database

PATH = "/my/waiting-well/written/sections/things"


@pytest.fixture
def contribution(app: Flask) -> Contribution:
    made = make_evidence.contribution(make_evidence.call(schedule=schedule_data({"key": "cost"})))
    db.session.commit()
    return made


def find_texts(contribution: Contribution) -> dict[str, str]:
    db.session.rollback()
    return written_contributions.get_answer_texts(contribution)


def read_owner(page: str) -> str:
    found = re.search(r'name="kept_for" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_section_is_saved_while_somebody_types(app: Flask, contribution: Contribution) -> None:
    dev = five_people.sign_in_participant(app, contribution.participant_id)
    db.session.commit()

    answer = dev.post(PATH, data={"answer_cost": "A lot.", "seen_cost": "0"}, headers={"X-Autosave": "yes"})

    assert answer.get_json()["is_saved"]
    assert find_texts(contribution) == {"cost": "A lot."}
    again = {"answer_cost": "A lot more.", "seen_cost": answer.get_json()["seen"]["seen_cost"]}
    assert dev.post(PATH, data=again, headers={"X-Autosave": "yes"}).get_json()["is_saved"]


def test_saving_while_typing_never_overwrites_another_window(app: Flask, contribution: Contribution) -> None:
    dev = five_people.sign_in_participant(app, contribution.participant_id)
    db.session.commit()
    dev.post(PATH, data={"answer_cost": "From the phone.", "seen_cost": "0"})

    answer = dev.post(PATH, data={"answer_cost": "From here.", "seen_cost": "0"}, headers={"X-Autosave": "yes"})

    assert not answer.get_json()["is_saved"]
    assert find_texts(contribution) == {"cost": "From the phone."}


def test_words_sent_without_a_session_come_back_with_the_link(app: Flask, contribution: Contribution) -> None:
    dev = five_people.sign_in_participant(app, contribution.participant_id)
    db.session.commit()
    owner = read_owner(dev.get(PATH).text)
    app.config["WTF_CSRF_ENABLED"] = True

    lost = app.test_client().post(PATH, data={"answer_cost": "Typed for hours.", "seen_cost": "0", "kept_for": owner})

    app.config["WTF_CSRF_ENABLED"] = False
    assert "We kept what you typed" in lost.text
    assert "Typed for hours." in dev.get(PATH).text
    assert find_texts(contribution) == {}
    dev.post(PATH, data={"answer_cost": "Typed for hours.", "seen_cost": "0"})
    assert find_texts(contribution) == {"cost": "Typed for hours."}
    assert db.session.query(UnsavedForm).count() == 0


@pytest.mark.parametrize("owner", ["", "x", "IjAwIg.bad"])
def test_nobody_can_leave_words_for_somebody_else(app: Flask, contribution: Contribution, owner: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    page = app.test_client().post(PATH, data={"answer_cost": "Not theirs.", "kept_for": owner})

    assert page.status_code == 400
    assert "We kept what you typed" not in page.text
    db.session.rollback()
    assert db.session.query(UnsavedForm).count() == 0
