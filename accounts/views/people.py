"""Staff and their roles."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import people
from accounts.access import requires
from accounts.forms import AddPersonForm, ChangePersonForm
from accounts.models import StaffMember
from accounts.roles import Permission
from accounts.views.blueprint import bp
from core.database import db
from core.transactions import committing


@bp.get("/staff/people")
@requires(Permission.MANAGE_PEOPLE)
def list_people() -> ResponseReturnValue:
    return render_template("accounts/list_people.html", members=people.list_staff())


@bp.route("/staff/people/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def add_person() -> ResponseReturnValue:
    form = AddPersonForm()
    if form.validate_on_submit():
        with committing(f"{form.name.data} can now sign in.", at=form.email) as saved:
            member = people.add_member(email=form.email.data or "", name=form.name.data or "", roles=form.chosen_roles)
            people.send_welcome(member)
        if saved:
            return redirect(url_for("accounts.list_people"))
    return render_template("accounts/add_person.html", form=form)


@bp.route("/staff/people/<uuid:member_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def change_person(member_id: UUID) -> ResponseReturnValue:
    member = db.get_or_404(StaffMember, member_id)
    form = _build_form(member)
    if form.validate_on_submit():
        field = form.roles if form.is_active.data else form.is_active
        with committing(f"The details of {form.name.data} have been saved.", at=field) as saved:
            people.change_member(
                member, name=form.name.data or "", roles=form.chosen_roles, is_active=form.is_active.data
            )
        if saved:
            return redirect(url_for("accounts.list_people"))
    return render_template("accounts/change_person.html", form=form, member=member)


def _build_form(member: StaffMember) -> ChangePersonForm:
    if request.method == "POST":
        return ChangePersonForm()
    roles = [row.role.value for row in member.roles]
    return ChangePersonForm(name=member.name, roles=roles, is_active=member.is_active)
