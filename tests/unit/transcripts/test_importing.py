"""Transcripts of other tools are read as they were meant: words, times, letters for names. No database."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.import_steps import read_sample
from transcripts.importing import (
    ImportedTranscript,
    NotATranscriptError,
    compute_speaker_shares,
    read_transcript,
)
from transcripts.importing.clock_times import parse_clock_time
from transcripts.importing.text_encoding import decode_text
from transcripts.kinds.closed_sets import TimePrecision

Said = list[tuple[float, float, str | None, str]]
TELEPHONE = "I run a small hand therapy clinic. We have two rooms. And nobody answers the telephone"


def read(name: str) -> ImportedTranscript:
    return read_transcript(read_sample(name))


def said(transcript: ImportedTranscript) -> Said:
    rows = [(s.start, s.end, s.speaker, s.text) for s in transcript.spoken.segments]
    return [(round(start, 2), round(end, 2), speaker, text) for start, end, speaker, text in rows]


def test_zooms_names_before_colons_become_letters_and_other_colons_stay() -> None:
    assert said(read("zoom.vtt"))[1:3] == [
        (6.01, 11.9, "B", "I run a small hand therapy clinic,"),
        (12.0, 15.25, "B", "and the thing is: nobody answers the telephone."),
    ]


def test_teams_repeats_a_cue_and_names_voices() -> None:
    transcript = read("teams.vtt")

    assert said(transcript) == [
        (3.11, 6.55, "A", "What did the waiting cost you and your family?"),
        (7.0, 12.5, "B", "About three thousand pounds, <more> or less."),
        (12.1, 12.9, "A", "I see."),
    ]
    assert (transcript.times, transcript.spoken.duration) == (TimePrecision.EXACT, 12.9)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("youtube.vtt", "we started in spring with two rooms and a kettle"),
        ("zoom_live.vtt", "We started with very little money. Then the council helped. How?"),
    ],
)
def test_captions_that_roll_say_each_word_once(name: str, words: str) -> None:
    assert " ".join(text for *_, text in said(read(name))) == words


def test_an_answer_that_is_given_twice_stays_twice() -> None:
    assert [text for *_, text in said(read("captions.srt"))] == [
        "What worked?",
        "Sending a nurse to each village hall.",
        "Yes.",
        "Yes.",
    ]


def test_otter_gives_the_beginning_of_turns_and_much_that_nobody_said() -> None:
    transcript = read("otter.txt")

    assert (transcript.times, len(transcript.left_out)) == (TimePrecision.TURNS, 7)
    assert said(transcript)[0] == (2.0, 9.0, "A", "Thank you for coming. In what capacity are you speaking today?")
    assert said(transcript)[1][3].startswith(TELEPHONE)
    assert [speaker for _, _, speaker, _ in said(transcript)] == ["A", "B", "A", "B"]


@pytest.mark.parametrize(
    ("name", "starts", "speakers"),
    [
        ("zoom_lines.txt", [2.0, 5.0, 30.0, 33.0], ["A", "B", "A", "B"]),
        ("teams_copied.txt", [3.0, 8.0, 3727.0], ["A", "B", "A"]),
        ("teams_old.txt", [0.0, 5.2, 12.0, 14.0], ["A", "B", "A", "B"]),
        ("word_online.txt", [3.0, 8.0, 62.0], ["A", "B", "A"]),
    ],
)
def test_plain_text_of_other_tools_has_its_times_and_speakers(
    name: str, starts: list[float], speakers: list[str]
) -> None:
    rows = said(read(name))

    assert [start for start, *_ in rows] == starts
    assert [speaker for _, _, speaker, _ in rows] == speakers
    assert not [text for *_, text in rows if "Ann" in text or "Bob" in text or "AE" in text]


@pytest.mark.parametrize("name", ["names.txt", "paragraphs.txt"])
def test_without_times_they_are_spread_by_words_and_said_to_be(name: str) -> None:
    transcript = read(name)

    assert transcript.times is TimePrecision.ESTIMATED
    words = sum(len(text.split()) for *_, text in said(transcript))
    assert transcript.spoken.duration == pytest.approx(words / 150 * 60)
    assert any(colon in text for *_, text in said(transcript) for colon in ("The point is: we", "talked: it"))


def test_names_without_times_are_letters_too() -> None:
    assert [speaker for _, _, speaker, _ in said(read("names.txt"))] == ["A", "B", "A", "B"]
    assert {speaker for _, _, speaker, _ in said(read("paragraphs.txt"))} == {None}


def test_whispers_own_file_keeps_its_words() -> None:
    segments = read("whisper.json").spoken.segments

    assert [len(segment.words) for segment in segments] == [2, 0]
    assert segments[0].avg_logprob == -0.2


def test_shares_of_words_help_to_guess_who_asks() -> None:
    shares = compute_speaker_shares(read("otter.txt").spoken)

    assert [share.letter for share in shares] == ["A", "B"]
    assert sum(share.share for share in shares) == pytest.approx(1)
    assert shares[1].share > 0.6


def test_long_turns_become_a_sentence_or_two_and_lose_no_word() -> None:
    sentence = "We waited for a very long time and nobody told us anything."
    turn = " ".join([sentence] * 12)

    transcript = read_transcript(f"[00:00:10] Ann: Why?\n[00:00:20] Bob: {turn}\n[00:01:20] Ann: I see.".encode())

    rows = [row for row in said(transcript) if row[2] == "B"]
    assert " ".join(text for *_, text in rows) == turn
    assert len(rows) == 4
    assert (rows[0][0], rows[-1][1]) == (20.0, 80.0)
    assert transcript.times is TimePrecision.TURNS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_letters_are_read_however_they_were_written(encoding: str) -> None:
    text = "1\r\n00:00:01,000 --> 00:00:02,500\r\nThe café cost £5 – “cheap”.\r\n"

    transcript = read_transcript(text.encode(encoding))

    assert said(transcript) == [(1.0, 2.5, None, "The café cost £5 – “cheap”.")]


@given(st.lists(st.integers(0, 24 * 3600 * 1000 - 1), min_size=2, max_size=2).map(sorted), st.sampled_from(",."))
def test_times_of_cues_come_back_to_the_millisecond(times: list[int], point: str) -> None:
    written = [f"{t // 3600000:02}:{t // 60000 % 60:02}:{t // 1000 % 60:02}{point}{t % 1000:03}" for t in times]

    (segment,) = read_transcript(f"WEBVTT\n\n{written[0]} --> {written[1]}\nHello".encode()).spoken.segments

    assert [round(segment.start * 1000), round(segment.end * 1000)] == times


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_text_breaks_a_reader(text: str) -> None:
    for content in (text, f"WEBVTT\n\n{text}", f"1\n00:01 --> 00:02\n{text}", f"[0:01] A: x\n[0:02] B: {text}"):
        with suppress(NotATranscriptError):
            segments = read_transcript(content.encode()).spoken.segments
            assert all(0 <= segment.start <= segment.end for segment in segments)
            assert "\x00" not in "".join(segment.text for segment in segments)


@given(st.lists(st.sampled_from(["Yes.", "No.", "It was long.", "Why?"]), min_size=1, max_size=12))
def test_no_word_of_a_cue_is_lost(texts: list[str]) -> None:
    cues = [f"00:{n:02}.000 --> 00:{n:02}.900\n<v Speaker {n % 2}>{text}" for n, text in enumerate(texts)]

    transcript = read_transcript(("WEBVTT\n\n" + "\n\n".join(cues)).encode())

    assert [text for *_, text in said(transcript)] == texts


def test_times_in_many_formats() -> None:
    assert [parse_clock_time(time) for time in ("1:02", "00:01:02.500", "0:0:1.18", "100:00:00,25")] == [
        62.0,
        62.5,
        1.18,
        360000.25,
    ]


def test_marks_that_turn_words_round_are_dropped() -> None:
    assert decode_text("one\u202etwo\u2028three\x07".encode()) == "onetwo\nthree"


def test_our_own_file_keeps_its_letters_and_order() -> None:
    segments = [
        {"start": 0, "end": 1, "speaker": "B", "text": "Why?"},
        {"start": 1, "end": 2, "speaker": "A", "text": "So."},
    ]

    transcript = read_transcript(json.dumps({"segments": segments, "language": "cy", "duration": 9.5}).encode())

    assert [speaker for _, _, speaker, _ in said(transcript)] == ["B", "A"]
    assert (transcript.spoken.language, transcript.spoken.duration) == ("cy", 9.5)


@pytest.mark.parametrize(
    ("lines", "marked"),
    [
        pytest.param(
            ["We waited.", *["Thank you for watching."] * 6, "Then it began."], 6, id="a line again and again"
        ),
        pytest.param(["We waited.", "the nurse the nurse " * 6, "Then it began."], 1, id="words inside a line"),
        pytest.param(["No, no, no.", "Thank you.", "Thank you.", "Then it began."], 0, id="what people do say twice"),
    ],
)
@pytest.mark.parametrize("form", ["srt", "vtt", "json", "txt"])
def test_loops_of_other_recognisers_are_marked_like_ours(form: str, lines: list[str], marked: int) -> None:
    spoken = read_transcript(write_lines(form, lines).encode()).spoken

    assert sum(segment.is_loop for segment in spoken.segments) >= marked
    assert (marked == 0) is not any(segment.is_loop for segment in spoken.segments)


def write_lines(form: str, lines: list[str]) -> str:
    cues = [(number * 3, number * 3 + 3, line.strip()) for number, line in enumerate(lines)]
    if form == "json":
        return json.dumps({"segments": [{"start": start, "end": end, "text": text} for start, end, text in cues]})
    if form == "txt":
        return "\n".join(f"[00:00:{start:02}] {text}" for start, _, text in cues)
    mark, head = (",", "") if form == "srt" else (".", "WEBVTT\n\n")
    blocks = [
        f"{number}\n00:00:{start:02}{mark}000 --> 00:00:{end:02}{mark}000\n{text}\n"
        for number, (start, end, text) in enumerate(cues, start=1)
    ]
    return head + "\n".join(blocks)
