"""Whether openai-whisper, our driver and faster-whisper write the same tokens for one window: a check before timing.

python -m bench.support.same_tokens RECORDING MODEL.pt CONVERTED_FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import torch
import whisper
from ctranslate2 import StorageView
from faster_whisper import WhisperModel
from whisper.tokenizer import get_tokenizer

from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.recognition.decoder_steps import encode_and_allocate_cache
from transcripts.recognition.decoding_loop import DecodingLoop, SearchOptions

WINDOW_SECONDS = 20


def main() -> None:
    recording, model_path, folder = map(Path, sys.argv[1:4])
    model = whisper.load_model(str(model_path), device="cpu")
    window = decoder.decode(recording)[: WINDOW_SECONDS * SAMPLE_RATE]
    mel = whisper.log_mel_spectrogram(window, model.dims.n_mels, padding=whisper.audio.N_SAMPLES)
    mels = whisper.pad_or_trim(mel, whisper.audio.N_FRAMES)[None]
    tokenizer = get_tokenizer(model.is_multilingual, language="en", task="transcribe")
    theirs = whisper.decode(model, mels[0], whisper.DecodingOptions(language="en", fp16=False)).tokens
    with torch.inference_mode():
        ours = (
            DecodingLoop(model, tokenizer).run(encode_and_allocate_cache(model, mels), SearchOptions(), [0])[0].tokens
        )
    converted = WhisperModel(str(folder), device="cpu", compute_type="float32").model
    features = StorageView.from_array(np.ascontiguousarray(mels.numpy()))
    faster = converted.generate(features, [list(tokenizer.sot_sequence)], beam_size=1)[0].sequences_ids[0]
    if not list(theirs) == list(ours) == list(faster):
        raise SystemExit(f"The three do not write the same:\n{theirs}\n{list(ours)}\n{faster}")
    print(f"Before timing: all three write the same {len(theirs)} tokens for the first {WINDOW_SECONDS} s.")


if __name__ == "__main__":
    main()
