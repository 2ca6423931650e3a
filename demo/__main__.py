"""`make demo`: the main job on a fresh installation, from sign-up to accepted answers beside written ones."""

import json
import sys
import textwrap
import time

from demo import journey
from demo.browser import Browser, PageError
from demo.installation import SAMPLES, Installation
from demo.mailbox import Mailbox
from demo.reading import QuestionPage

LEFT_TO_DECIDE = 2  # so that a suggestion is seen too
MOST_UNFOUND = 1  # asked questions without a passage
WIDTH = 116


def main() -> int:
    mailbox = Mailbox()
    installation = Installation(mailbox.start())
    try:
        return run(installation, mailbox)
    except (PageError, LookupError, TimeoutError, RuntimeError, journey.StepError) as error:
        print(
            f"\nThis step did not happen: {error}\n\nThe servers printed last:\n{installation.log()}", file=sys.stderr
        )
        return 1
    finally:
        installation.end()
        mailbox.stop()


def run(installation: Installation, mailbox: Mailbox) -> int:
    """All steps in order; 0 when all happened and the asked questions were found."""
    step("A fresh database with the example call")
    journey.prepare(installation)
    installation.start()
    step("The coordinator, the interviewer and the reviewer sign in by mailed link")
    coordinator, interviewer, reviewer = (journey.sign_in(installation, mailbox, role) for role in journey.STAFF)
    step("The interviewer publishes two times")
    journey.publish_times(interviewer)
    step("A volunteer offers an interview; the coordinator accepts the offer")
    journey.offer_an_interview(installation)
    journey.accept_the_offer(coordinator)
    step("The volunteer books a time through the mailed link")
    journey.book(installation, mailbox)
    step("Two calendar invitations arrive by SMTP")
    for line in journey.expect_invitations(mailbox):
        print(f"     {line}")
    step("A contributor writes the form")
    journey.write(installation, json.loads((SAMPLES / "written" / "written01.json").read_text())["answers"])
    step(f"The interviewer uploads {journey.RECORDING.name}")
    journey.upload(interviewer)
    step("The worker checks, transcribes and maps it")
    journey.wait_for_the_transcript(reviewer)
    accepted = journey.accept_passages(reviewer, leave=LEFT_TO_DECIDE)
    step(f"The reviewer accepts {accepted} passages and leaves {LEFT_TO_DECIDE} as suggestions")
    return show_answers(reviewer)


def show_answers(reviewer: Browser) -> int:
    """Print every question with its written and spoken answers; 1 when too many asked questions have no passage."""
    asked = {s["question"] for s in json.loads((SAMPLES / "interview-1.json").read_text())["segments"]} - {None}
    unfound = []
    for question in questions():
        reviewer.open(f"/staff/read/waiting-well/questions/{question['key']}")
        page = QuestionPage(reviewer.page.html)
        print(f"\n[{question['key']}] {question['prompt']}")
        for words in page.written:
            show("written", words)
        for spoken in page.spoken:
            show(f"spoken, {spoken.from_seconds:.1f}–{spoken.to_seconds:.1f} s, {spoken.state}", spoken.words)
        if question["key"] in asked and not page.spoken:
            unfound.append(question["key"])
    print(f"\n{len(asked)} questions were asked aloud; without a passage: {', '.join(unfound) or 'none'}.")
    return 1 if len(unfound) > MOST_UNFOUND else 0


def questions() -> list[dict[str, str]]:
    call = json.loads((SAMPLES / "call.json").read_text())
    return [question for section in call["sections"] for question in section["questions"]]


def show(how: str, words: str) -> None:
    print(textwrap.fill(" ".join(words.split()), WIDTH, initial_indent=f"  {how}: ", subsequent_indent="    "))


def step(words: str) -> None:
    print(f"{time.monotonic() - started:5.1f} s  {words}", flush=True)


if __name__ == "__main__":
    started = time.monotonic()
    sys.exit(main())
