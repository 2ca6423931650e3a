"""The detector hears many blocks at once as silero-vad's own package hears them one by one."""

from itertools import islice
from pathlib import Path

import numpy as np
import torch

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import iter_blocks, open_audio_file
from transcripts.recognition.speech_detector import BLOCK_SAMPLES, SpeechDetector

SAMPLE = Path(__file__).parent.parent.parent / "samples" / "interview-2.ogg"
BLOCKS = 600  # 19 s
SURELY_SILENT, SURELY_SPEECH = 0.1, 0.9


def test_blocks_heard_together_are_judged_as_one_by_one() -> None:
    from silero_vad import load_silero_vad

    sound = open_audio_file(SAMPLE, fingerprint="", seconds=0.0)
    package = load_silero_vad(onnx=False)
    blocks = [torch.tensor(block) for block in islice(iter_blocks(sound, BLOCK_SAMPLES), BLOCKS)]

    with torch.inference_mode():
        one_by_one = [package(block, SAMPLE_RATE).item() for block in blocks]
    detector = SpeechDetector()
    in_two_parts = torch.cat([detector.compute_probabilities(torch.cat(part)) for part in (blocks[:250], blocks[250:])])

    assert np.abs(in_two_parts.numpy() - np.array(one_by_one)).max() < 1e-4
    assert min(one_by_one) < SURELY_SILENT
    assert max(one_by_one) > SURELY_SPEECH
