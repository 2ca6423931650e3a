"""`flask accounts …`: add the first members of staff, and print sign-in links where there is no email."""

import click
from flask.cli import AppGroup

from accounts import people
from accounts.roles import STAFF_ROLES, Role
from accounts.sign_in_links import create_sign_in_url
from core.database import db
from core.errors import RuleError

accounts_commands = AppGroup("accounts", help="Manage staff and their sign-in links.")
NO_STAFF_MESSAGE = "Nobody can sign in yet. Add someone with: flask accounts add-staff EMAIL NAME --role coordinator"


@accounts_commands.command("add-staff")
@click.argument("email")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in STAFF_ROLES]))
def add_staff(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a member of staff. Repeat --role for each role."""
    try:
        member = people.add_member(email=email, name=name, roles={Role(role) for role in roles})
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"{member.name} can sign in with {member.email}.")


@accounts_commands.command("sign-in-links")
def print_sign_in_links() -> None:
    """Print a new sign-in link for one active person of each role."""
    members = [(role, member) for role in STAFF_ROLES if (member := people.find_active_member(role))]
    if not members:
        raise click.ClickException(NO_STAFF_MESSAGE)
    lines = [f"{role.value:<12} {member.name:<16} {create_sign_in_url(member)}" for role, member in members]
    db.session.commit()
    click.echo("\n".join(lines))
