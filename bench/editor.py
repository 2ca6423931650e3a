"""How quick the desk is with a transcript of two hours: python -m bench.editor

2,000 segments and 20,000 words in Chromium, beside a plain textarea with the same text in the same run: the time until
one can type, from key to paint, the longest task while typing and while playing, memory.
"""

import io
import shutil
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from accounts.roles import Role
from core.database import db
from evidence.calls import get_schedule
from tests.support import five_people, make, make_evidence, make_transcripts
from tests.support.installations import make_settings
from transcripts.mapping import CoverageStatus, MappedPassage, SpeechMapping
from transcripts.model_store.model_facts import ModelFacts
from transcripts.passages import suggestions
from transcripts.text import stored_transcripts
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance
from wsgi import create_app

SEGMENTS, PASSAGES = 2000, 100
SECONDS_PER_SEGMENT = 10.0  # as make_transcripts has it; the sound is as long
TYPED = "and then they said it was so "
SENTENCE = "we spent about three thousand pounds on the garden path"
OBSERVE = """() => {
  window.keys = []; window.tasks = [];
  addEventListener("keydown", (event) => {
    const start = event.timeStamp;
    requestAnimationFrame(() => setTimeout(() => window.keys.push(performance.now() - start)));
  }, true);
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask", buffered: true });
}"""
MEMORY = "Math.round(performance.memory.usedJSHeapSize / 2 ** 20)"


def main() -> None:
    with TemporaryDirectory() as folder, serve(Path(folder)) as (base_url, path, session), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"))
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "session", "value": session, "url": base_url}])
        page = context.new_page()
        report("desk", measure_desk(page, base_url + path))
        report("plain textarea", measure_textarea(context.new_page()))
        browser.close()


def report(name: str, figures: dict[str, float]) -> None:
    print(name, ", ".join(f"{what} {value:.0f}" for what, value in figures.items()), sep=": ")


def measure_desk(page: Page, address: str) -> dict[str, float]:
    begin = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("[data-desk-text][data-ready]")
    page.locator("[data-segment]").first.click()
    page.wait_for_selector("[data-segment][contenteditable]")
    interactive = 1000 * (time.perf_counter() - begin)
    page.wait_for_load_state("networkidle")
    typed = type_and_measure(page)
    page.evaluate("() => { window.tasks = []; return document.querySelector('audio').play(); }")
    page.wait_for_timeout(3000)
    playing = longest_task(page)
    return {"ms until one can type": interactive, **typed, "longest task ms while playing": playing} | memory(page)


def measure_textarea(page: Page) -> dict[str, float]:
    page.set_content(f"<textarea rows=40 cols=80>{' '.join([SENTENCE] * SEGMENTS)}</textarea>")
    page.locator("textarea").click()
    return type_and_measure(page) | memory(page)


def type_and_measure(page: Page) -> dict[str, float]:
    page.evaluate(OBSERVE)
    page.evaluate("window.tasks = []")
    for letter in TYPED * 3:
        page.keyboard.press(letter if letter != " " else "Space")
        page.wait_for_timeout(30)
    keys = sorted(page.evaluate("window.keys"))
    return {
        "ms from key to paint, median": keys[len(keys) // 2],
        "95th of 100": keys[int(len(keys) * 0.95)],
        "longest task ms while typing": longest_task(page),
    }


def longest_task(page: Page) -> float:
    return float(max(page.evaluate("window.tasks"), default=0))


def memory(page: Page) -> dict[str, float]:
    return {"MiB of script memory": page.evaluate(MEMORY)}


@contextmanager
def serve(folder: Path) -> Iterator[tuple[str, str, str]]:
    app = create_app(make_settings(folder))
    with app.app_context():
        upgrade()
        path, session = add_long_interview(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", path, session
    server.shutdown()


def add_long_interview(app: Flask) -> tuple[str, str]:
    contribution = make_transcripts.booking(make_evidence.call()).volunteer.contribution
    recording = make_transcripts.recording(contribution, make_silence(SEGMENTS * SECONDS_PER_SEGMENT))
    recording.duration_seconds = SEGMENTS * SECONDS_PER_SEGMENT
    spoken = make_transcripts.spoken_segments(*[SENTENCE] * SEGMENTS)
    row = stored_transcripts.store_recognised(
        recording,
        SpokenTranscript("en", SEGMENTS * SECONDS_PER_SEGMENT, "none", spoken),
        RecognitionProvenance(ModelFacts("none", "0" * 64, "none", {}, is_english_only=True), 1.0),
    )
    keys = [question.key for question in get_schedule(contribution.schedule_version).iter_questions()]
    size = SEGMENTS // PASSAGES
    labels = [keys[number // size % len(keys)] for number in range(SEGMENTS)]
    found = tuple(
        MappedPassage(labels[n], spoken[n].start, spoken[n + size - 1].end, n, n + size - 1, None, None, 0.8)
        for n in range(0, SEGMENTS, size)
    )
    coverage: dict[str, Any] = dict.fromkeys(keys, CoverageStatus.ANSWERED)
    suggestions.store_suggestions(row, SpeechMapping(tuple(labels), (0.8,) * SEGMENTS, found, coverage), spoken)
    cara = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)
    db.session.commit()
    cookie = cara.get_cookie("session")
    assert cookie is not None
    return f"/staff/desk/{contribution.id}", cookie.value


def make_silence(seconds: float, rate: int = 3000) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        file.writeframes(b"\x80" * int(seconds * rate))
    return target.getvalue()


if __name__ == "__main__":
    main()
