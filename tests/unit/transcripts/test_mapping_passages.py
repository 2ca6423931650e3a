"""Joining segments into passages, words where two share a segment, and how each question fared."""

from collections.abc import Sequence

from evidence.schedule import Question, Schedule, Section
from transcripts.mapping import CoverageStatus, MappedPassage
from transcripts.mapping.passage_assembly import LabelledSegment, assess_coverage, join_passages
from transcripts.text.spoken import SpokenSegment, SpokenWord

COST = Schedule("Cost", (Section("all", "All", (Question("cost", "What did it cost?"),)),))
WORD_SECONDS = 0.5
Said = tuple[str | None, str, str | None]  # speaker, text, question


def words_of(text: str, start: float) -> tuple[SpokenWord, ...]:
    return tuple(
        SpokenWord(f" {word}", start + n * WORD_SECONDS, start + (n + 1) * WORD_SECONDS)
        for n, word in enumerate(text.split())
    )


def labelled(said: Sequence[Said]) -> list[LabelledSegment]:
    found: list[LabelledSegment] = []
    start = 0.0
    for number, (speaker, text, key) in enumerate(said):
        words = words_of(text, start)
        segment = SpokenSegment(number, start, words[-1].end, text, speaker, words)
        found.append(LabelledSegment(segment, key, 0.8, 0.9 if speaker == "A" else 0.1))
        start = words[-1].end
    return found


def coverage_of(said: Sequence[Said]) -> CoverageStatus:
    return assess_coverage(COST, labelled(said))["cost"]


def test_neighbours_with_the_same_question_are_one_passage() -> None:
    passages = join_passages(labelled([("A", "What did it cost?", "cost"), ("B", "Ten pounds or so.", "cost")]))

    assert passages == (MappedPassage("cost", 0.0, 4.0, 0, 1, None, None, passages[0].confidence),)


def test_an_asking_at_the_end_of_a_segment_goes_to_the_answer_that_follows() -> None:
    said: list[Said] = [
        ("A", "Thank you, that is very clear and helpful to us all. And money?", None),
        ("B", "It was ten pounds a week.", "cost"),
    ]

    before, after = join_passages(labelled(said))

    assert (before.last_segment_id, before.last_word) == (0, 10)
    assert (after.first_segment_id, after.first_word) == (0, 11)
    assert before.end_seconds == after.start_seconds == 11 * WORD_SECONDS


def test_an_unknown_speaker_s_segment_is_cut_before_the_question() -> None:
    said: list[Said] = [
        (None, "We were all very glad about that.", None),
        (None, "Yes, very glad. So what did the whole of it cost in the end?", "cost"),
    ]

    before, after = join_passages(labelled(said))

    assert (before.last_segment_id, before.last_word) == (1, 2)
    assert (after.first_segment_id, after.first_word) == (1, 3)


def test_segments_without_word_times_are_never_cut() -> None:
    first, second = labelled([("A", "That is all very clear, thanks. And money?", None), ("B", "Ten.", "cost")])
    bare = SpokenSegment(0, 0.0, 4.0, first.segment.text, "A")

    before, after = join_passages([LabelledSegment(bare, None, 0.8, 0.9), second])

    assert (before.last_segment_id, after.first_segment_id) == (0, 1)
    assert before.last_word is None


def test_a_question_with_a_reply_is_answered() -> None:
    said: list[Said] = [("A", "What did it cost?", "cost"), ("B", "It came to ten pounds a week.", "cost")]

    assert coverage_of(said) is CoverageStatus.ANSWERED


def test_a_question_without_a_reply_is_only_asked() -> None:
    assert coverage_of([("A", "What did it cost?", "cost"), ("B", "Hm.", "cost")]) is CoverageStatus.ASKED


def test_a_refusal_is_declined() -> None:
    said: list[Said] = [
        ("A", "What did it cost?", "cost"),
        ("B", "I would rather not say, it is confidential.", "cost"),
    ]

    assert coverage_of(said) is CoverageStatus.DECLINED


def test_an_answer_that_was_put_off_is_only_asked() -> None:
    said: list[Said] = [("A", "What did it cost?", "cost"), ("B", "Can I come back to that one?", "cost")]

    assert coverage_of(said) is CoverageStatus.ASKED


def test_what_nobody_asked_for_is_unprompted() -> None:
    assert coverage_of([("B", "It came to ten pounds a week, by the way.", "cost")]) is CoverageStatus.UNPROMPTED


def test_silence_on_a_question_is_not_asked() -> None:
    assert coverage_of([("B", "Lovely weather we are having.", None)]) is CoverageStatus.NOT_ASKED
