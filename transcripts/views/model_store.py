"""The transcription models: which are installed, what they need and how fast they are; download one."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.models import Job, JobState
from core.settings import current_settings
from core.transactions import committing
from transcripts.model_store import downloads, speeds
from transcripts.model_store.catalogue import KnownModel
from transcripts.model_store.file_fetching import remove_credentials
from transcripts.model_store.installed_models import ModelInventory, StoredModel, list_known_models, read_inventory
from transcripts.model_store.speeds import Speed
from transcripts.views.blueprint import bp


@dataclass(frozen=True, slots=True)
class ListedModel:
    model: KnownModel
    stored: StoredModel | None
    is_in_use: bool
    speed: Speed | None
    job: Job | None

    @property
    def is_here(self) -> bool:
        return self.stored is not None and not self.stored.is_damaged

    @property
    def is_fetching(self) -> bool:
        return self.job is not None and self.job.is_active

    @property
    def failure(self) -> str:
        return self.job.message if self.job and self.job.state is JobState.FAILED and not self.is_here else ""


@bp.route("/staff/models")
@requires(Permission.MANAGE_CALLS)
def list_models() -> ResponseReturnValue:
    settings = current_settings()
    inventory = read_inventory(settings)
    return render_template(
        "transcripts/model_store/list_models.html",
        inventory=inventory,
        models=_list_all(inventory),
        own_source=remove_credentials(settings.weights_url or ""),
    )


@bp.route("/staff/models/<name>/progress")
@requires(Permission.MANAGE_CALLS)
def show_model_progress(name: str) -> ResponseReturnValue:
    model = _model_or_404(name)
    return render_template(
        "transcripts/model_store/_model_progress.html", model=model, job=downloads.get_latest_fetch(model)
    )


@bp.route("/staff/models/<name>/fetch", methods=["POST"])
@requires(Permission.MANAGE_CALLS)
def fetch_model(name: str) -> ResponseReturnValue:
    model = _model_or_404(name)
    with committing():
        downloads.enqueue_fetch(model, current_settings())
    return redirect(url_for("transcripts.list_models", _anchor=f"model-{model.name}"))


@bp.route("/staff/models/<name>/cancel", methods=["POST"])
@requires(Permission.MANAGE_CALLS)
def cancel_model_fetch(name: str) -> ResponseReturnValue:
    model = _model_or_404(name)
    downloads.cancel_fetch(model)
    db.session.commit()
    return redirect(url_for("transcripts.list_models", _anchor=f"model-{model.name}"))


def _list_all(inventory: ModelInventory) -> list[ListedModel]:
    factors, models = speeds.load_measured_factors(), list_known_models()
    fetches = downloads.list_latest_fetches(models)
    return [
        ListedModel(
            model,
            stored=inventory.find_stored(model),
            is_in_use=inventory.is_in_use(model),
            speed=speeds.estimate_speed(model, factors),
            job=fetches.get(model.name),
        )
        for model in models
    ]


def _model_or_404(name: str) -> KnownModel:
    try:
        return downloads.get_fetchable_model(name)
    except RuleError:
        abort(404)
