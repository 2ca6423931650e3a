"""`make demo`: the main job on a fresh installation, from sign-up to accepted answers beside written ones."""

import json
import sys
import textwrap
import time

from demo import journey
from demo.browser import ErrorPageError, PlainBrowser
from demo.installation import SAMPLES, DemoInstallation
from demo.mailbox import DemoMailbox
from demo.question_page import QuestionPage

LEFT_TO_DECIDE = 2  # so that the output also shows a suggestion
MAX_UNFOUND = 1  # asked questions without a passage
WIDTH = 116


def main() -> int:
    mailbox = DemoMailbox()
    installation = DemoInstallation(mailbox.start())
    try:
        return run(installation, mailbox)
    except (ErrorPageError, LookupError, TimeoutError, RuntimeError, journey.StepError) as error:
        print(
            f"\nThis step failed: {error}\n\nLatest output of the servers:\n{installation.read_log()}",
            file=sys.stderr,
        )
        return 1
    finally:
        installation.stop()
        mailbox.stop()


def run(installation: DemoInstallation, mailbox: DemoMailbox) -> int:
    """Returns 0 if all steps succeeded and passages were found for the questions that were asked."""
    print_step("A fresh database with the example call")
    journey.prepare_installation(installation)
    installation.start()
    print_step("The coordinator, the interviewer and the reviewer sign in with emailed links")
    coordinator, interviewer, reviewer = (journey.sign_in(installation, mailbox, role) for role in journey.STAFF)
    print_step("The interviewer publishes two times")
    journey.publish_times(interviewer)
    print_step("A volunteer signs up for an interview; the coordinator accepts")
    journey.volunteer_for_interview(installation)
    journey.accept_volunteer(coordinator)
    print_step("The volunteer books a time with the emailed link")
    journey.book_slot(installation, mailbox)
    print_step("Two calendar invitations arrive by SMTP")
    for line in journey.expect_invitations(mailbox):
        print(f"     {line}")
    print_step("A contributor fills in the written form")
    journey.fill_in_written_form(
        installation, mailbox, json.loads((SAMPLES / "written" / "written01.json").read_text())["answers"]
    )
    print_step(f"The interviewer uploads {journey.RECORDING.name}")
    journey.upload_recording(interviewer)
    print_step("The worker checks, transcribes and maps it")
    journey.wait_for_the_transcript(reviewer)
    accepted = journey.accept_passages(reviewer, leave=LEFT_TO_DECIDE)
    print_step(f"The reviewer accepts {accepted} passages and leaves {LEFT_TO_DECIDE} as suggestions")
    return show_answers(reviewer)


def show_answers(reviewer: PlainBrowser) -> int:
    """Print every question with its written and spoken answers. Returns 1 if too many questions have no passage."""
    asked = {s["question"] for s in json.loads((SAMPLES / "interview-1.json").read_text())["segments"]} - {None}
    unfound = []
    for question in read_questions():
        reviewer.open(f"/staff/read/waiting-well/questions/{question['key']}")
        page = QuestionPage(reviewer.page.html)
        print(f"\n[{question['key']}] {question['prompt']}")
        for text in page.written:
            print_line("written", text)
        for spoken in page.spoken:
            print_line(f"spoken, {spoken.from_seconds:.1f}–{spoken.to_seconds:.1f} s, {spoken.state}", spoken.text)
        if question["key"] in asked and not page.spoken:
            unfound.append(question["key"])
    print(f"\n{len(asked)} questions were asked aloud; without a passage: {', '.join(unfound) or 'none'}.")
    return 1 if len(unfound) > MAX_UNFOUND else 0


def read_questions() -> list[dict[str, str]]:
    call = json.loads((SAMPLES / "call.json").read_text())
    return [question for section in call["sections"] for question in section["questions"]]


def print_line(label: str, text: str) -> None:
    print(textwrap.fill(" ".join(text.split()), WIDTH, initial_indent=f"  {label}: ", subsequent_indent="    "))


def print_step(step: str) -> None:
    print(f"{time.monotonic() - started:5.1f} s  {step}", flush=True)


if __name__ == "__main__":
    started = time.monotonic()
    sys.exit(main())
