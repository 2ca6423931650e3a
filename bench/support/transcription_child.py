"""The programs that bench.transcribe starts and times where no command does it. Prints and compares nothing."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path

TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def main() -> None:
    if sys.argv[1:2] == ["forced-whisper"]:
        _run_forced_whisper(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    ways = parser.add_subparsers(required=True)
    for name, run in (("ours", _run_ours), ("faster", _run_faster_whisper)):
        way = ways.add_parser(name)
        for word in ("recording", "model", "output"):
            way.add_argument(word, type=Path)
        way.add_argument("--beam", default="None")
        way.add_argument("--best-of", type=int, default=5)
        way.add_argument("--window", type=float, default=30.0)
        way.add_argument("--threads", type=int, default=2)
        way.add_argument("--batch", type=int, default=0)
        way.add_argument("--unprompted", action="store_true")
        way.add_argument("--precision", default="float32")
        way.add_argument("--forced", action="store_true")
        way.set_defaults(run=run)
    convert = ways.add_parser("convert")
    convert.add_argument("model", type=Path)
    convert.add_argument("folder", type=Path)
    convert.set_defaults(run=_convert)
    random = ways.add_parser("random-model")
    random.add_argument("model", type=Path)
    random.set_defaults(run=_write_random_model)
    options = parser.parse_args()
    options.run(options)


def _run_forced_whisper(arguments: list[str]) -> None:
    from bench.support import forced_decoding

    forced_decoding.force_whisper()
    forced_decoding.run_forced_whisper(arguments)


def _run_ours(options: argparse.Namespace) -> None:
    """`flask transcripts transcribe` with other options than those that ship, and clocks beside it."""
    from bench.support import forced_decoding
    from bench.support.clocks import ClockedRun
    from transcripts.recognition import whisper_engine
    from transcripts.recognition.whisper_engine import WhisperOptions

    chosen = WhisperOptions(
        longest_window_seconds=options.window,
        beam_size=1 if options.beam == "None" else int(options.beam),
        temperatures=(0.0,) if options.forced else TEMPERATURES,
        best_of=options.best_of,
    )
    if options.forced:
        forced_decoding.force_our_decoder()
    clocked = ClockedRun()
    whisper_engine.load_whisper = partial(whisper_engine.load_whisper, options=chosen)
    clocked.run_command(options.recording, options.model, options.output)
    options.output.with_suffix(".times").write_text(json.dumps(clocked.get_shares()))


def _run_faster_whisper(options: argparse.Namespace) -> None:
    """faster-whisper as its readme says; by default in single precision, as the others."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(str(options.model), device="cpu", cpu_threads=options.threads, compute_type=options.precision)
    asked = {
        "language": "en",
        "beam_size": 1 if options.beam == "None" else int(options.beam),
        "best_of": options.best_of,
        "temperature": TEMPERATURES,
        "word_timestamps": True,
    }
    if options.batch:
        batched = BatchedInferencePipeline(model)
        segments, _ = batched.transcribe(str(options.recording), batch_size=options.batch, **asked)
    else:
        asked["condition_on_previous_text"] = not options.unprompted
        segments, _ = model.transcribe(str(options.recording), **asked)
    text = "".join(segment.text for segment in segments)
    options.output.write_text(json.dumps({"text": text}))


def _convert(options: argparse.Namespace) -> None:
    from transcripts.model_store.faster_conversion import write_faster_model
    from transcripts.model_store.whisper_weights import find_weights

    write_faster_model(find_weights(str(options.model), options.model.parent), options.folder)


def _write_random_model(options: argparse.Namespace) -> None:
    from bench.support import forced_decoding

    forced_decoding.write_random_model(options.model)


if __name__ == "__main__":
    main()
