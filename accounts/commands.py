"""`flask accounts …`: let the first people in, and print links to sign in where no mail arrives."""

import click

from accounts import people
from accounts.roles import STAFF_ROLES, Role
from accounts.sign_in_links import create_sign_in_url
from accounts.views.blueprint import bp
from core.database import db
from core.errors import RuleError

bp.cli.help = "Staff and their links to sign in."
NO_STAFF_MESSAGE = "Nobody can sign in yet. Add somebody: flask accounts add-staff EMAIL NAME --role coordinator"


@bp.cli.command("add-staff")
@click.argument("email")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in STAFF_ROLES]))
def add_staff(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add somebody who may sign in. Repeat --role for each role."""
    try:
        member = people.add_member(email=email, name=name, roles={Role(role) for role in roles})
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"{member.name} can sign in with {member.email}.")


@bp.cli.command("sign-in-links")
def print_sign_in_links() -> None:
    """Print a fresh link to sign in for one active person of each role."""
    found = [(role, member) for role in STAFF_ROLES if (member := people.find_active_member(role))]
    if not found:
        raise click.ClickException(NO_STAFF_MESSAGE)
    lines = [f"{role.value:<12} {member.name:<16} {create_sign_in_url(member)}" for role, member in found]
    db.session.commit()
    click.echo("\n".join(lines))
