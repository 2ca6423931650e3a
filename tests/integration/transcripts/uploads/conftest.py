"""Ben with a completed interview and its recording, for tests of uploads that are resumed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.models import StaffMember
from accounts.roles import Role
from interviews.models import Booking
from tests.support import five_people, make, make_transcripts


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    return make.staff("ben", Role.INTERVIEWER)


@pytest.fixture
def booking(app: Flask, ben: StaffMember) -> Booking:
    return make_transcripts.booking(by=ben)


@pytest.fixture
def client(app: Flask, ben: StaffMember) -> FlaskClient:
    return five_people.sign_in_staff(app, ben.id)


@pytest.fixture
def sound() -> bytes:
    return make_transcripts.tone_wav()
