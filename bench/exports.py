"""How long exports of many contributions take, and how much memory: `python -m bench.exports [500]`.

Each format runs in a process of its own, on a fresh SQLite database.
"""

import multiprocessing
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from core.database import db
from core.file_storage import current_storage
from evidence.models import Call
from evidence.schedule import schedule_from_json
from review.exports.evidence_reader import read_call
from review.exports.export_options import build_options
from review.exports.file_writing import write_export
from tests.support import make_evidence, make_review
from tests.support.installations import make_settings
from wsgi import create_app

WORDS = "We waited for nine months and nobody wrote, so we asked again and were sent to another place. "
KINDS = (
    ("csv", "contributions"),
    ("csv", "answers"),
    ("xlsx", ""),
    ("docx", "report"),
    ("qdpx", "contributions"),
    ("qdpx", "questions"),
    ("json", ""),
)


def main(count: int = 500) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder)
        _run(_fill, path, count)
        print(f"{count} contributions with {len(WORDS) * 10} characters in each answer")
        for format_name, layout in KINDS:
            _run(_measure, path, format_name, layout)


def _run(function: object, *arguments: object) -> None:
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)  # type: ignore[arg-type]
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(process.exitcode)


def _create(folder: Path) -> Flask:
    return create_app(make_settings(folder))


def _fill(folder: Path, count: int) -> None:
    app = _create(folder)
    with app.app_context():
        upgrade()
        call = make_evidence.call(slug="bench")
        keys = [question.key for question in schedule_from_json(call.draft["schedule"]).iter_questions()]
        for number in range(count):
            answers: dict[str, Any] = {key: f"{number} {key}: {WORDS * 10}" for key in keys}
            make_review.written_contribution(call, **answers)
        db.session.commit()


def _measure(folder: Path, format_name: str, layout: str) -> None:
    app = _create(folder)
    with app.app_context():
        call = db.session.query(Call).one()
        options, target = build_options(format_name, layout), folder / "out"
        before = time.perf_counter()
        exported = read_call(call, options)
        write_export(exported, options, target, current_storage(), lambda _share: None)
        seconds = time.perf_counter() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        answers = sum(len(one.answers) for one in exported.contributions)
        name = f"{format_name} {options.layout}"
        print(f"{name:20} {seconds:6.2f} s  {peak:4.0f} MB  {target.stat().st_size / 1e6:6.1f} MB  {answers} answers")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
