"""The draft as people will see it: as public page, as form and as interview script. Nothing can be sent from here."""

from flask import render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from evidence import calls, participation_modes
from evidence.calls import CallStatus
from evidence.question_forms import build_section_form_class, get_field_name
from evidence.views.blueprint import bp
from evidence.views.lookups import call_or_404


@bp.get("/staff/calls/<slug>/preview/page")
@requires(Permission.MANAGE_CALLS)
def preview_page(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    draft = calls.read_draft(call)
    return render_template(
        "evidence/call_editor/preview_page.html",
        call=call,
        content=draft,
        sender=calls.describe_asker(draft.page),
        status=CallStatus.OPEN,
        CallStatus=CallStatus,
        modes=[(mode, "") for mode in participation_modes.list_modes(draft.participation_modes)],
    )


@bp.get("/staff/calls/<slug>/preview/form")
@requires(Permission.MANAGE_CALLS)
def preview_form(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    draft = calls.read_draft(call)
    return render_template(
        "evidence/call_editor/preview_form.html",
        call=call,
        draft=draft,
        sections=[
            (section, build_section_form_class(section)(formdata=None, prefix=f"{section.key}-"))
            for section in draft.schedule.sections
        ],
        field_name=get_field_name,
    )


@bp.get("/staff/calls/<slug>/preview/script")
@requires(Permission.MANAGE_CALLS)
def preview_script(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    return render_template("evidence/call_editor/preview_script.html", call=call, draft=calls.read_draft(call))
