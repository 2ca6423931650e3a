"""Speech for which a model wrote nothing is marked. No model runs here."""

from transcripts.recognition.unread_speech import mark_unread_speech
from transcripts.text.spoken import NOT_UNDERSTOOD, SpokenSegment, SpokenWord


def said(start: float, end: float) -> SpokenSegment:
    return SpokenSegment(0, start, end, "words", words=(SpokenWord(" words", start, end, 0.9),))


def test_a_phrase_without_words_is_marked_between_those_that_have_some() -> None:
    marked = mark_unread_speech([said(0.5, 2.5), said(10.5, 12.0)], [(0.0, 3.0), (4.0, 9.0), (10.0, 12.5)])

    assert [(one.id, one.start, one.text, one.is_unclear) for one in marked] == [
        (0, 0.5, "words", False),
        (1, 4.4, NOT_UNDERSTOOD, True),
        (2, 10.5, "words", False),
    ]


def test_phrases_close_to_each_other_are_marked_as_one() -> None:
    marked = mark_unread_speech([], [(0.0, 2.0), (2.2, 4.0)])

    assert [(one.start, one.end) for one in marked] == [(0.4, 3.6)]


def test_a_cough_is_not_marked() -> None:
    assert mark_unread_speech([said(5.0, 6.0)], [(0.0, 1.5), (4.6, 6.4)]) == (said(5.0, 6.0),)


def test_phrases_with_words_between_them_are_not_joined() -> None:
    assert len(mark_unread_speech([said(2.0, 2.2)], [(0.0, 2.2), (2.2, 4.4)])) == 1
