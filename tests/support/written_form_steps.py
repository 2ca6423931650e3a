"""What a person who writes does in a browser, step by step, and the result. Used by the tests of the form."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import db
from core.models import OutboxMessage
from evidence.models import Call, Contribution

LINK = re.compile(r"http://\S+(/link/\S+)")
CONSENT_ANSWERS = {f"consent_{use}": "yes" for use in ("quote_named", "quote_unnamed", "share", "archive", "recontact")}
CASE_PROFILE_ANSWERS = {"given_as": "individual", "places": ["rural"], "shows": "works", "aims": ["living"]}


def start_writing(client: FlaskClient, call: Call, email: str = "dev@home.example", *, confirms: bool = True) -> str:
    """Begin to write, confirm the address as a person does, and return where the form's pages stand."""
    client.post(f"/calls/{call.slug}/write/address", data={"email": email})
    mails = find_mails("Your link to continue")
    if confirms and mails:
        confirm_address(client, extract_link(mails[-1]))
    return f"/my/{call.slug}/written"


def confirm_address(client: FlaskClient, path: str) -> None:
    """Open a mailed link, and press the button."""
    client.get(path)
    client.post("/my/address/confirm")


def fill_in_required(client: FlaskClient, pages: str) -> None:
    """Fill in what has to be there before sending."""
    client.post(f"{pages}/case-study", data=CASE_PROFILE_ANSWERS)
    client.post(f"{pages}/sections/you", data={"answer_capacity": "A nurse", "seen_capacity": "0"})
    client.post(f"{pages}/consent", data=CONSENT_ANSWERS)


def get_only_contribution() -> Contribution:
    db.session.rollback()
    return db.session.scalars(select(Contribution)).one()


def find_mails(subject: str) -> list[OutboxMessage]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.subject.contains(subject)).order_by(OutboxMessage.number)
        )
    )


def extract_link(mail: OutboxMessage) -> str:
    """The path of the personal link in a mail."""
    found = LINK.search(mail.text)
    assert found
    return found.group(1)
