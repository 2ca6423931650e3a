"""Word errors, word times and processor seconds on real recordings: python -m bench.real_speech --help

Each clip is read by itself, by each engine in this process. Seconds are those of processors, without loading the model.
Settings were chosen on some of the clips; the others are the honest row, so they come first. With -o results are
stored, so that rows can be measured at different times; --show prints them.
"""

import argparse
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

from bench.support.clip_engines import ENGINE_ROWS, EngineRow, HeardClip
from bench.support.real_clips import KnownWord, RealClip, list_clips

NORMALISERS = {"en": EnglishTextNormalizer()}
OTHER_NORMALISER = BasicTextNormalizer()
FAR_SECONDS = 0.5
HEAD = (
    f"{'':34}{'held out':>9}{'chosen on':>10}{'all':>8}{'RTF':>7}"
    f"{'word starts: median':>21}{'95 %':>7}{'far':>6}{'ends: median':>14}{'95 %':>7}{'far':>6}"
)

Result = dict[str, Any]


def main() -> None:
    options = _parse_options()
    results: list[Result] = json.loads(options.output.read_text()) if _exists(options.output) else []
    if not options.show:
        clips = [clip for clip in list_clips() if not options.clips or clip.name in options.clips]
        for row in ENGINE_ROWS:
            if row.name not in options.rows:
                continue
            measured = measure_row(row, options, clips)
            names = {result["clip"] for result in measured}
            results = [
                r for r in results if (r["model"], r["row"]) != (options.model.stem, row.name) or r["clip"] not in names
            ]
            results += measured
            if options.output:
                options.output.write_text(json.dumps(results, indent=1))
    print_tables(results)


def measure_row(row: EngineRow, options: argparse.Namespace, clips: Sequence[RealClip]) -> list[Result]:
    hear = row.load(options.model, options.folder)
    is_english = options.model.stem.endswith(".en")
    results = []
    for clip in clips:
        if is_english and clip.language != "en":
            continue
        sound = clip.read_sound()
        began = time.process_time()
        heard = hear(sound, clip.language)
        seconds = time.process_time() - began
        result = {
            "model": options.model.stem,
            "row": row.name,
            "clip": clip.name,
            "held out": clip.is_unseen,
            "audio": len(sound) / 16_000,
            "seconds": seconds,
            **count_errors(clip, heard.text),
            **measure_word_times(clip, heard),
        }
        print(f"{row.name}: {clip.name}: {result['errors']} of {result['words']}, {seconds:.1f} s", flush=True)
        results.append(result)
    return results


def count_errors(clip: RealClip, text: str) -> dict[str, int]:
    normalise = NORMALISERS.get(clip.language, OTHER_NORMALISER)
    said, heard = normalise(clip.text), normalise(text)
    found = jiwer.process_words(said, heard)
    return {"errors": found.substitutions + found.deletions + found.insertions, "words": len(said.split())}


def measure_word_times(clip: RealClip, heard: HeardClip) -> dict[str, list[float]]:
    """Seconds between the known times of words and those of the same words as recognised."""
    if not clip.words:
        return {}
    starts, ends = [], []
    for known, found in match_words(clip.words, heard.words):
        starts.append(abs(known.start - found.start))
        ends.append(abs(known.end - found.end))
    return {"start errors": starts, "end errors": ends}


def match_words(known: Sequence[KnownWord], found: Sequence[KnownWord]) -> list[tuple[KnownWord, KnownWord]]:
    said, heard = (" ".join(_plain(word.word) or "_" for word in words) for words in (known, found))
    pairs = []
    for chunk in jiwer.process_words(said, heard).alignments[0]:
        if chunk.type == "equal":
            numbers = zip(
                range(chunk.ref_start_idx, chunk.ref_end_idx),
                range(chunk.hyp_start_idx, chunk.hyp_end_idx),
                strict=True,
            )
            pairs += [(known[one], found[other]) for one, other in numbers]
    return pairs


def print_tables(results: Sequence[Result]) -> None:
    for model in dict.fromkeys(result["model"] for result in results):
        print(f"\n{model}: words wrong, held-out clips first, and processor seconds for a second of sound")
        print(HEAD)
        for row in (row.name for row in ENGINE_ROWS):
            of_row = [result for result in results if (result["model"], result["row"]) == (model, row)]
            if of_row:
                print(_format_row(row, of_row))
        print_clips([result for result in results if result["model"] == model])


def print_clips(results: Sequence[Result]) -> None:
    rows = [row.name for row in ENGINE_ROWS if any(result["row"] == row.name for result in results)]
    print("\nerrors by clip, columns: " + "; ".join(rows))
    for clip in dict.fromkeys(result["clip"] for result in results):
        of_clip = {result["row"]: result for result in results if result["clip"] == clip}
        one = next(iter(of_clip.values()))
        cells = "".join(f"{of_clip[row]['errors']:6}" if row in of_clip else " " * 6 for row in rows)
        print(f"{clip:20}{one['words']:5} words{cells}   {'held out' if one['held out'] else ''}".rstrip())


def _format_row(name: str, results: Sequence[Result]) -> str:
    parts = [[r for r in results if r["held out"]], [r for r in results if not r["held out"]], list(results)]
    wers = [_divide(sum(r["errors"] for r in part), sum(r["words"] for r in part)) for part in parts]
    rtf = sum(r["seconds"] for r in results) / sum(r["audio"] for r in results)
    starts, ends = (np.array([e for r in results for e in r.get(key, ())]) for key in ("start errors", "end errors"))
    return (
        f"{name:34}{wers[0]:>9}{wers[1]:>10}{wers[2]:>8}{rtf:>7.3f}{_format_times(starts, 21)}{_format_times(ends, 14)}"
    )


def _format_times(errors: Any, width: int) -> str:
    if not len(errors):
        return " " * (width + 13)
    return f"{np.median(errors):>{width}.3f}{np.percentile(errors, 95):>7.3f}{np.mean(errors > FAR_SECONDS):>6.0%}"


def _divide(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def _plain(word: str) -> str:
    plain = re.sub(r"[^\w']", "", word).lower()
    return {"mr": "mister", "mrs": "missus"}.get(plain, plain)


def _exists(path: Path | None) -> bool:
    return path is not None and path.exists()


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a .pt file, such as base.pt")
    parser.add_argument("--folder", type=Path, help="the same weights as a folder for faster-whisper")
    names = [row.name for row in ENGINE_ROWS]
    parser.add_argument("--rows", nargs="+", metavar="ROW", default=names, choices=names)
    parser.add_argument("--clips", nargs="+", metavar="CLIP", help="default: all")
    parser.add_argument("--show", action="store_true", help="measure nothing, print what -o contains")
    parser.add_argument("-o", "--output", type=Path, help="a JSON file that results are added to")
    options = parser.parse_args()
    if not options.show and not (options.model and options.folder):
        parser.error("--model and --folder are needed.")
    return options


if __name__ == "__main__":
    main()
