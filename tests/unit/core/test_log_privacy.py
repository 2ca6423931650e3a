"""Nothing secret or personal reaches the log."""

import logging
from io import StringIO

import pytest

from core.log_privacy import protect_logs

TOKEN = "aB3_" * 10 + "xyz"


@pytest.fixture
def written() -> StringIO:
    protect_logs()
    target = StringIO()
    handler = logging.StreamHandler(target)
    logger = logging.getLogger("tests.log_privacy")
    logger.addHandler(handler)
    logger.propagate = False
    return target


@pytest.mark.parametrize("path", ["sign-in", "link", "feeds", "invited", "nominations", "consent"])
def test_a_secret_link_is_cut(written: StringIO, path: str) -> None:
    logging.getLogger("tests.log_privacy").error("Exception on %s [%s]", f"/{path}/{TOKEN}/bookings", "POST")

    assert TOKEN not in written.getvalue()
    assert f"/{path}/[secret]/bookings [POST]" in written.getvalue()


def test_values_in_an_error_of_the_database_are_left_out(written: StringIO) -> None:
    message = "duplicate key\nDETAIL:  Key (email)=(dev@home.example) already exists."
    try:
        raise ValueError(message)
    except ValueError:
        logging.getLogger("tests.log_privacy").exception("It failed.")

    assert "dev@home.example" not in written.getvalue()
    assert "duplicate key" in written.getvalue()


def test_an_ordinary_message_stays_as_it_is(written: StringIO) -> None:
    logging.getLogger("tests.log_privacy").error("%d of %s", 5, "/staff/interviews")

    assert written.getvalue() == "5 of /staff/interviews\n"
