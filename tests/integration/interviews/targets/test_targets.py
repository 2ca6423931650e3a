"""Whom a call seeks: coordinators set it, and correct for what a volunteer counts."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import AuditEntry
from accounts.roles import Role
from core.database import db
from evidence.models import Call
from interviews.bookings.booking_policy import get_booking_policy
from interviews.models import Target, TargetAspect, Volunteer
from interviews.targets.groups import UnknownGroupError, set_volunteer_groups
from interviews.targets.open_targets import list_open_targets
from interviews.targets.targets import (
    GroupInUseError,
    NamedGroup,
    TargetPlan,
    list_capacity_choices,
    list_targets,
    set_targets,
)
from tests.support import five_people, make, make_evidence, make_interviews
from tests.support.make_interviews import sign_up_form

pytestmark = pytest.mark.one_database

CAPACITIES = [NamedGroup("", "Waiting for treatment", (5, 8)), NamedGroup("", "Carer", (2, 2))]


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call()


@pytest.fixture
def amira(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)


def make_targets(**changes: Any) -> TargetPlan:
    values: dict[str, Any] = {"sites": {}, "area_types": {}, "capacities": CAPACITIES, "languages": []}
    return TargetPlan(**(values | {"shows_open_targets": False, "asks_equality": False} | changes))


def spans(call: Call, aspect: TargetAspect) -> dict[str, tuple[str, int, int]]:
    return {target.key: (target.title, target.low, target.high) for target in list_targets(call, aspect)}


def targets_form(call: Call, **changes: str) -> dict[str, Any]:
    """The form as a browser sends it: every field, most of them empty."""
    fields = {f"site_{n}_span": "7 to 10" for n in range(len(call.sites))}
    fields |= {f"place_{n}_span": "" for n in range(len(call.area_types))}
    for kind in ("capacity", "language"):
        for n in range(3):
            fields |= {f"{kind}_{n}_key": "", f"{kind}_{n}_title": "", f"{kind}_{n}_span": ""}
    return fields | changes


def test_a_call_names_capacities_that_volunteers_choose_from(call: Call) -> None:
    set_targets(call, make_targets())

    assert list_capacity_choices(call) == [("waiting-for-treatment", "Waiting for treatment"), ("carer", "Carer")]


def test_a_capacity_that_is_named_otherwise_stays_the_same(call: Call) -> None:
    set_targets(call, make_targets())

    set_targets(call, make_targets(capacities=[NamedGroup("carer", "Unpaid carer", (3, 4))]))

    assert spans(call, TargetAspect.CAPACITY) == {"carer": ("Unpaid carer", 3, 4)}


def test_a_capacity_that_volunteers_count_for_stays(call: Call) -> None:
    set_targets(call, make_targets())
    make_interviews.volunteer(call).capacity_key = "carer"
    db.session.flush()

    with pytest.raises(GroupInUseError, match="1 volunteer counts as “Carer”"):
        set_targets(call, make_targets(capacities=[]))

    assert "carer" in spans(call, TargetAspect.CAPACITY)


def test_two_capacities_of_like_names_have_keys_of_their_own(call: Call) -> None:
    set_targets(call, make_targets(capacities=[NamedGroup("", "Carer!", (1, 1)), NamedGroup("", "Carer?", (1, 1))]))

    assert list(spans(call, TargetAspect.CAPACITY)) == ["carer", "carer-2"]


def test_areas_and_sites_have_targets_by_their_own_names(call: Call) -> None:
    site, area_type = call.sites[0], call.area_types[0]

    set_targets(call, make_targets(sites={site.key: (3, 4)}, area_types={area_type: (2, 5)}))

    assert (site.target_low, site.target_high) == (3, 4)
    assert spans(call, TargetAspect.AREA_TYPE) == {area_type: (area_type, 2, 5)}


def test_setting_targets_keeps_the_rules_of_bookings(call: Call) -> None:
    rules = get_booking_policy(call)
    rules.cutoff_hours = 48
    db.session.add(rules)

    set_targets(call, make_targets(shows_open_targets=True))

    assert (get_booking_policy(call).cutoff_hours, get_booking_policy(call).shows_open_targets) == (48, True)


def test_the_page_sets_targets(call: Call, amira: FlaskClient) -> None:
    data = targets_form(
        call,
        site_0_span="4",
        place_0_span="2-3",
        capacity_0_title="Carer",
        capacity_0_span="2 to 6",
        capacity_1_title="Clinician",
        language_0_title="Urdu",
        language_0_span="3",
    )

    answer = amira.post(f"/staff/calls/{call.slug}/targets", data=data | {"switches": ["sought", "equality"]})

    assert answer.status_code == 302
    assert spans(call, TargetAspect.CAPACITY) == {"carer": ("Carer", 2, 6), "clinician": ("Clinician", 0, 0)}
    assert spans(call, TargetAspect.LANGUAGE) == {"urdu": ("Urdu", 3, 3)}
    assert (call.sites[0].target_low, call.sites[1].target_high) == (4, 10)
    assert (get_booking_policy(call).shows_open_targets, get_booking_policy(call).asks_equality) == (True, True)


def test_the_page_shows_what_is_set(call: Call, amira: FlaskClient) -> None:
    set_targets(call, make_targets(shows_open_targets=True))

    page = amira.get(f"/staff/calls/{call.slug}/targets").text

    assert 'value="Waiting for treatment"' in page
    assert 'value="5 to 8"' in page
    assert len(re.findall(r"<input[^>]* checked", page)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"site_0_span": "about seven"}, "Enter a number, for example 7"),
        ({"capacity_0_title": "Carer", "capacity_0_span": "9 to 2"}, "Enter a number, for example 7"),
        ({"capacity_0_span": "9"}, "Enter a name for this group"),
        ({"language_0_title": "Urdu", "language_1_title": "  urdu"}, "is used twice"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_typed_is_lost(
    call: Call, amira: FlaskClient, changes: dict[str, str], words: str
) -> None:
    answer = amira.post(
        f"/staff/calls/{call.slug}/targets", data=targets_form(call, capacity_2_title="Manager", **changes)
    )

    assert answer.status_code == 200
    assert words in answer.text
    assert 'value="Manager"' in answer.text
    assert db.session.scalars(select(Target)).all() == []


def test_a_capacity_in_use_is_refused_at_its_row(call: Call, amira: FlaskClient) -> None:
    set_targets(call, make_targets())
    make_interviews.volunteer(call).capacity_key = "carer"

    data = targets_form(
        call, capacity_0_key="waiting-for-treatment", capacity_0_title="Waiting", capacity_1_key="carer"
    )
    page = amira.post(f"/staff/calls/{call.slug}/targets", data=data).text

    assert "1 volunteer counts as “Carer”" in page
    assert 'href="#capacity_1_title"' in page


def test_a_coordinator_corrects_for_what_a_volunteer_counts(call: Call, amira: FlaskClient) -> None:
    set_targets(call, make_targets())
    dev = make_interviews.volunteer(call)
    site = call.sites[1]

    path = f"/staff/volunteers/{dev.id}/groups"
    answer = amira.post(path, data={"site": str(site.id), "capacity": "carer"}, follow_redirects=True)

    db.session.expire_all()
    assert f"{site.title}; Carer" in " ".join(answer.text.split())
    assert (dev.site_id, dev.capacity_key) == (site.id, "carer")
    assert "groups of a volunteer set" in db.session.scalars(select(AuditEntry.action)).all()


def test_a_volunteer_may_count_for_nothing(call: Call, amira: FlaskClient) -> None:
    set_targets(call, make_targets())
    dev = make_interviews.volunteer(call)
    set_volunteer_groups(dev, site_id=str(call.sites[0].id), capacity_key="carer")

    amira.post(f"/staff/volunteers/{dev.id}/groups", data={"site": "", "capacity": ""})

    db.session.expire_all()
    assert (dev.site_id, dev.capacity_key) == (None, "")


def test_a_site_of_another_call_is_refused(call: Call) -> None:
    dev = make_interviews.volunteer(call)
    other = make_evidence.call(title="Another").sites[0]

    with pytest.raises(UnknownGroupError):
        set_volunteer_groups(dev, site_id=str(other.id), capacity_key="")


def test_signing_up_asks_which_capacity_fits(call: Call, client: FlaskClient) -> None:
    set_targets(call, make_targets())
    path = f"/calls/{call.slug}/volunteer"

    without = client.post(path, data=sign_up_form(name="Dev Patel"))
    client.post(path, data=sign_up_form(capacity_key="carer"))

    assert "Select what fits best" in without.text
    assert 'value="Dev Patel"' in without.text
    assert db.session.scalars(select(Volunteer.capacity_key)).all() == ["carer"]


def test_a_call_without_capacities_asks_for_none(call: Call, client: FlaskClient) -> None:
    page = client.get(f"/calls/{call.slug}/volunteer").text
    client.post(f"/calls/{call.slug}/volunteer", data=sign_up_form())

    assert "Which of these fits best?" not in page
    assert db.session.scalars(select(Volunteer.capacity_key)).all() == [""]


def test_the_sign_up_form_says_who_is_sought_and_that_all_are_welcome(call: Call, client: FlaskClient) -> None:
    before = client.get(f"/calls/{call.slug}/volunteer").text

    set_targets(call, make_targets(shows_open_targets=True))

    after = client.get(f"/calls/{call.slug}/volunteer").text
    assert "Everyone is welcome" not in before
    assert "Everyone is welcome" in after
    assert "Capacities: Waiting for treatment, Carer" in after


def test_kinds_of_area_begin_with_a_capital_as_labels(call: Call, amira: FlaskClient) -> None:
    page = amira.get(f"/staff/calls/{call.slug}/targets").text

    labels = {" ".join(label.split()) for label in re.findall(r"<label[^>]*>(.*?)</label>", page, re.DOTALL)}
    assert "Urban" in labels
    assert "urban" not in labels


def test_what_is_still_sought_is_said_only_where_it_is_wished(call: Call) -> None:
    sites = dict.fromkeys([site.key for site in call.sites], (0, 0))
    set_targets(call, make_targets(sites=sites, shows_open_targets=False))
    before = list_open_targets(call)

    set_targets(
        call, make_targets(sites=sites, capacities=[NamedGroup("carer", "Carer", (2, 2))], shows_open_targets=True)
    )

    assert before == []
    assert [(by.value, titles) for by, titles in list_open_targets(call)] == [("capacity", ["Carer"])]


@pytest.mark.parametrize("page", ["/staff/calls/{slug}/targets", "/staff/volunteers/{volunteer}/groups"])
def test_only_the_coordinator_sets_targets_and_groups(app: Flask, call: Call, page: str) -> None:
    dev = make_interviews.volunteer(call)
    path = page.format(slug=call.slug, volunteer=dev.id)
    roles = {"amira": [Role.COORDINATOR], "ben": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    people = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    people["dev"] = five_people.sign_in_participant(app, dev.participant_id)

    found = {name: (client.get(path).status_code, client.post(path).status_code) for name, client in people.items()}

    assert found.pop("amira")[0] == 200
    assert found == dict.fromkeys(("ben", "cara", "eve"), (403, 403)) | {"dev": (302, 302)}
