"""`flask core …`: run the web server and the workers."""

import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup

from core import exits
from core.errors import SettingsError
from core.file_storage import current_storage
from core.huey_queues import current_queues
from core.models import Queue
from core.settings import current_settings
from core.storage_check import require_usable_data

core_commands = AppGroup("core", help="Run the web server and the workers.")
SHUTDOWN_TIMEOUT_SECONDS = 10


@core_commands.command("work")
@click.argument("queue", type=click.Choice([queue.value for queue in Queue]))
def run_worker(queue: str) -> None:
    """Run the jobs of one queue until stopped: "quick" for email and sweeps, "files" for uploads, "long" for models."""
    _require_usable_data()
    current_queues().consume(Queue(queue))


@core_commands.command("run")
def run_all() -> None:
    """Run the web server and all workers on this machine until Ctrl-C."""
    _require_usable_data()
    settings = current_settings()
    address = urlsplit(settings.base_url)
    bind = f"{address.hostname}:{address.port or 80}"
    web = ["-m", "gunicorn", "--bind", bind, "wsgi:create_app()"]
    worker = ["-m", "flask", "--app", "wsgi", "core", "work"]
    click.echo(f"Listening Post is running at {settings.base_url}. Press Ctrl-C to stop it.")
    _run_until_one_ends([web, *([*worker, queue.value] for queue in Queue)])


@core_commands.command("list-exits")
def print_exits() -> None:
    """List every function whose output has a participant's words or sound: what, for what use, to whom."""
    for one in exits.list_exits():
        click.echo(f"{one.function}: {one.what}; {', '.join(one.uses)}; to {one.audience}")


def _require_usable_data() -> None:
    try:
        require_usable_data(current_storage(), current_settings().data_folder)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _run_until_one_ends(commands: list[list[str]]) -> None:
    children = [subprocess.Popen([sys.executable, *command]) for command in commands]  # noqa: S603 fixed commands
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise click.ClickException("One of the processes ended, so the others were stopped too.")
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            _wait_or_kill(child)


def _wait_or_kill(child: "subprocess.Popen[bytes]") -> None:
    try:
        child.wait(SHUTDOWN_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
