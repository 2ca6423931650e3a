"""The models that write recordings down: which are here, what they need, how quick they are; fetch one."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.models import Job, JobState
from core.settings import current_settings
from transcripts.blueprint import bp
from transcripts.weights import downloads, speeds
from transcripts.weights.catalogue import Model
from transcripts.weights.fetching import without_password
from transcripts.weights.shelf import Found, Shelf, all_models, shelf
from transcripts.weights.speeds import Speed


@dataclass(frozen=True, slots=True)
class ListedModel:
    model: Model
    found: Found | None
    is_in_use: bool
    speed: Speed | None
    job: Job | None

    @property
    def is_here(self) -> bool:
        return self.found is not None and not self.found.is_damaged

    @property
    def is_coming(self) -> bool:
        return self.job is not None and self.job.is_active

    @property
    def failure(self) -> str:
        return self.job.message if self.job and self.job.state is JobState.FAILED and not self.is_here else ""


@bp.route("/staff/models")
@requires(Permission.MANAGE_CALLS)
def list_models() -> ResponseReturnValue:
    settings = current_settings()
    here = shelf(settings)
    own_source = without_password(settings.weights_url or "")
    return render_template("transcripts/list_models.html", shelf=here, models=_listed(here), own_source=own_source)


@bp.route("/staff/models/<name>/progress")
@requires(Permission.MANAGE_CALLS)
def model_progress(name: str) -> ResponseReturnValue:
    """The part of the page that changes, for the browser to ask for again and again."""
    model = _model(name)
    return render_template("transcripts/model_progress.html", model=model, job=downloads.job_of(model))


@bp.route("/staff/models/<name>/fetch", methods=["POST"])
@requires(Permission.MANAGE_CALLS)
def fetch_model(name: str) -> ResponseReturnValue:
    model = _model(name)
    try:
        downloads.ask_for(model, current_settings())
        db.session.commit()
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(url_for("transcripts.list_models", _anchor=f"model-{model.name}"))


@bp.route("/staff/models/<name>/cancel", methods=["POST"])
@requires(Permission.MANAGE_CALLS)
def cancel_model(name: str) -> ResponseReturnValue:
    model = _model(name)
    downloads.cancel(model)
    db.session.commit()
    return redirect(url_for("transcripts.list_models", _anchor=f"model-{model.name}"))


def _listed(here: Shelf) -> list[ListedModel]:
    known, models = speeds.measured(), all_models()
    asked = downloads.jobs_of(models)
    return [
        ListedModel(model, here.of(model), here.is_in_use(model), speeds.speed_of(model, known), asked.get(model.name))
        for model in models
    ]


def _model(name: str) -> Model:
    try:
        return downloads.model_named(name)
    except RuleError:
        abort(404)
