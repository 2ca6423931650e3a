"""Settings: who runs this installation, its privacy notice, accessibility statement and terms."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.installation import INSTALLATION_PAGE_TITLES, get_installation
from core.transactions import committing
from evidence.call_editor.installation_changes import change_installation, read_pages_or_templates
from evidence.call_editor.page_templates import list_unfilled
from evidence.installation_forms import InstallationForm, InstallationPagesForm
from evidence.views.blueprint import bp

FIELDS = ("name", "email", "phone", "postal_address", "accent")


@bp.route("/staff/settings/organisation", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_installation() -> ResponseReturnValue:
    row = get_installation()
    links = "\n".join(f"{link['title']} {link['url']}" for link in row.footer_links)
    form = InstallationForm(data={name: getattr(row, name) for name in FIELDS} | {"footer_links": links})
    if form.validate_on_submit():
        values = {name: form[name].data or "" for name in FIELDS}
        with committing("Saved. It is on every page and in every email from now on.") as saved:
            change_installation(values | {"footer_links": form.read_footer_links()})
        if saved:
            return redirect(url_for("evidence.edit_installation"))
    return render_template("evidence/call_editor/edit_installation.html", form=form)


@bp.route("/staff/settings/pages", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_installation_pages() -> ResponseReturnValue:
    form = InstallationPagesForm(data=read_pages_or_templates())
    if form.validate_on_submit():
        values = {column: form[column].data or "" for column in INSTALLATION_PAGE_TITLES}
        with committing("Saved. The pages are public now.") as saved:
            change_installation(values)
        if saved:
            if gaps := list_unfilled("\n".join(values.values())):
                flash(f"There is still something to fill in: {', '.join(gaps)}")
            return redirect(url_for("evidence.edit_installation_pages"))
    row = get_installation()
    return render_template(
        "evidence/call_editor/edit_installation_pages.html",
        form=form,
        titles=INSTALLATION_PAGE_TITLES,
        written={column: bool(getattr(row, column)) for column in INSTALLATION_PAGE_TITLES},
    )
