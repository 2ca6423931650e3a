"""Signed links: stored hashed, of one purpose, used once where they act, revocable, running out."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.links import (
    LinkNotValidError,
    consume_link,
    create_link,
    extend_links,
    get_valid_link,
    revoke_links,
)
from accounts.models import AccessLink, LinkPurpose
from core import clock
from core.database import db

OWN, SIGN_IN = LinkPurpose.OWN_PAGE, LinkPurpose.SIGN_IN
DAY = timedelta(days=1)


@pytest.fixture
def subject(app: Flask) -> UUID:
    return uuid4()


def a_link(subject: UUID, purpose: LinkPurpose = OWN) -> str:
    return create_link(purpose, subject, expires_at=clock.now() + DAY)


def test_a_link_leads_to_its_subject_many_times(subject: UUID) -> None:
    token = a_link(subject)

    assert [get_valid_link(token, OWN).subject_id for _ in range(3)] == [subject] * 3


def test_a_link_for_one_purpose_opens_nothing_else(subject: UUID) -> None:
    token = a_link(subject)

    with pytest.raises(LinkNotValidError, match="not recognise"):
        get_valid_link(token, SIGN_IN)


@pytest.mark.parametrize("token", ["", "x", "x" * 100_000, "\x00", "\u202e", "%s", "' OR 1=1 --"])
def test_a_made_up_token_opens_nothing(subject: UUID, token: str) -> None:
    a_link(subject)

    with pytest.raises(LinkNotValidError, match="not recognise"):
        get_valid_link(token, OWN)


def test_revoked_links_open_nothing_and_others_stay(subject: UUID) -> None:
    revoked, other = a_link(subject), a_link(uuid4())

    revoke_links(OWN, subject)

    with pytest.raises(LinkNotValidError, match="not recognise"):
        get_valid_link(revoked, OWN)
    assert get_valid_link(other, OWN)


def test_an_extended_link_lives_longer_and_never_shorter(subject: UUID) -> None:
    token = a_link(subject)

    extend_links(OWN, subject, expires_at=clock.now() + 3 * DAY)
    extend_links(OWN, subject, expires_at=clock.now() + 2 * DAY)

    with clock.freeze_at(clock.now() + 2.5 * DAY):
        assert get_valid_link(token, OWN)


def test_a_link_that_ran_out_stays_so_when_others_are_extended(subject: UUID) -> None:
    token = a_link(subject)

    with clock.freeze_at(clock.now() + 2 * DAY):
        extend_links(OWN, subject, expires_at=clock.now() + 9 * DAY)

        with pytest.raises(LinkNotValidError, match="expired"):
            get_valid_link(token, OWN)


def test_of_many_who_use_a_link_at_once_one_succeeds(app: Flask, subject: UUID) -> None:
    token = a_link(subject, SIGN_IN)
    db.session.commit()
    barrier, results = threading.Barrier(8), list[bool]()

    def use() -> None:
        with app.app_context():
            barrier.wait()
            try:
                consume_link(token, SIGN_IN)
                db.session.commit()
                results.append(True)
            except LinkNotValidError:
                results.append(False)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False] * 7 + [True]


def test_no_token_is_in_the_database(subject: UUID) -> None:
    token = a_link(subject)

    row = db.session.scalars(select(AccessLink)).one()

    assert token not in repr(vars(row))
    assert len(row.token_hash) == 64
