"""The second step of signing in, and setting it up."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import second_factor, sessions
from accounts.access import (
    current_person,
    current_person_or_403,
    current_staff_session,
    find_member_to_verify,
    public,
    requires,
)
from accounts.forms import CodeForm, PressForm
from accounts.local_paths import parse_local_path
from accounts.models import StaffMember
from accounts.roles import Permission
from accounts.second_factor import WrongCodeError
from accounts.views.blueprint import bp
from core.clock import now
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from core.transactions import committing


@bp.route("/sign-in/second-factor", methods=["GET", "POST"])
@public
def enter_second_factor() -> ResponseReturnValue:
    member = find_member_to_verify()
    if member is None:
        return redirect(url_for("accounts.sign_in"))
    if not second_factor.is_set_up(member.id):
        return redirect(url_for("accounts.set_up_second_factor", next=_get_next()))
    form = CodeForm()
    if form.validate_on_submit() and _try_code(member, form):
        return redirect(_get_next() or url_for("review.show_dashboard"))
    return render_template("accounts/enter_second_factor.html", form=form, member=member)


@bp.route("/sign-in/set-up", methods=["GET", "POST"])
@public
def set_up_second_factor() -> ResponseReturnValue:
    """The secret was made by the button before this page, which only shows it."""
    member = find_member_to_verify() or _find_signed_in_member()
    secret = second_factor.find_new_secret(member.id) if member is not None else None
    if member is None or secret is None:
        return redirect(url_for("accounts.sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        try:
            codes = second_factor.confirm_set_up(member, form.code.data)
            _mark_verified()
            db.session.commit()
            return render_template("accounts/show_recovery_codes.html", codes=codes, next=_get_next())
        except RuleError as error:
            db.session.rollback()
            add_field_error(form.code, error)
    return render_template(
        "accounts/set_up_second_factor.html",
        form=form,
        secret=secret,
        qr_code=second_factor.draw_qr_code(member, secret),
    )


@bp.get("/staff/account")
@requires(Permission.SEE_STAFF_PAGES)
def show_account() -> ResponseReturnValue:
    person, own = current_person_or_403(), current_staff_session()
    return render_template(
        "accounts/show_account.html",
        sessions=sessions.list_open(person.id),
        own_id=own.id if own else None,
        has_second_factor=second_factor.is_set_up(person.id),
        code_count=second_factor.count_recovery_codes(person.id),
    )


@bp.post("/staff/account/second-factor")
@requires(Permission.SEE_STAFF_PAGES)
def start_second_factor() -> ResponseReturnValue:
    if PressForm().validate_on_submit():
        with committing():
            second_factor.start_set_up(db.session.get_one(StaffMember, current_person_or_403().id))
    return redirect(url_for("accounts.set_up_second_factor", next=url_for("accounts.show_account")))


@bp.post("/staff/account/recovery-codes")
@requires(Permission.SEE_STAFF_PAGES)
def create_recovery_codes() -> ResponseReturnValue:
    member = db.session.get_one(StaffMember, current_person_or_403().id)
    codes = second_factor.create_recovery_codes(member) if second_factor.is_set_up(member.id) else []
    db.session.commit()
    return render_template("accounts/show_recovery_codes.html", codes=codes, next=url_for("accounts.show_account"))


def _try_code(member: StaffMember, form: CodeForm) -> bool:
    """A wrong code is counted, although nothing else of the request is kept."""
    try:
        second_factor.verify(member, form.code.data)
        _mark_verified()
        db.session.commit()
    except RuleError as error:
        db.session.rollback()
        if isinstance(error, WrongCodeError):
            second_factor.count_failure(db.session.get_one(StaffMember, member.id))
            db.session.commit()
        add_field_error(form.code, error)
        return False
    return True


def _mark_verified() -> None:
    row = current_staff_session()
    if row is not None:
        row.verified_at = row.verified_at or now()


def _find_signed_in_member() -> StaffMember | None:
    person = current_person()
    return db.session.get(StaffMember, person.id) if person is not None and person.is_staff else None


def _get_next() -> str | None:
    return parse_local_path(request.args.get("next"))
