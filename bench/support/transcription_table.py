"""The table of bench.transcribe, from its JSON. Measures nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

HEAD = (
    f"{'':<38} {'seconds':>8} {'RTF':>7} {'speed':>6} {'CPU s':>8} {'by CPU':>6} {'WER':>6} {'× WER':>6}"
    f" {'MiB':>6} {'× MiB':>6} {'outside':>8}"
)
LEGEND = """\
speed: how many times as fast as the `whisper` command at equal decoding, which by default reads each window with the
text before it as a prompt; its rows "unprompted" are without, as our driver is. by CPU: the same by seconds of
processors, which other work on the machine disturbs less. × WER, × MiB: ratios to that command. RTF: seconds of work by
seconds of sound. outside: our driver's share of time outside forward passes and the search for speech; decoding the
sound counts, starting, loading the model and writing the file do not."""

StoredResult = Mapping[str, Any]


def print_table(results: Sequence[StoredResult], files: Sequence[str], rows: Sequence[str]) -> None:
    """In the order of `files` and `rows`. A ratio is to the `whisper` command at the same decoding."""
    print(LEGEND)
    for file in files:
        of_file = {result["row"]: result for result in results if result["file"] == file}
        if not of_file:
            continue
        print(f"\n{file}, {next(iter(of_file.values()))['audio_seconds'] / 60:.1f} minutes")
        print(HEAD)
        for name in rows:
            if name in of_file:
                print(_format_line(of_file[name], of_file.get(of_file[name]["base"])))


def _format_line(result: StoredResult, base: StoredResult | None) -> str:
    wer, times = _format_wer(result), result["times"]
    cells = [
        f"{result['row']:<38}",
        f"{result['seconds']:>8.1f}",
        f"{result['seconds'] / result['audio_seconds']:>7.4f}",
        _format_ratio(base["seconds"] if base else None, result["seconds"], 6),
        f"{result['cpu_seconds']:>8.1f}",
        _format_ratio(base["cpu_seconds"] if base else None, result["cpu_seconds"], 6),
        " " * 6 if wer is None else f"{wer:>6.3f}",
        _format_ratio(wer, _format_wer(base) if base else None, 6),
        f"{result['peak_mib']:>6.0f}",
        _format_ratio(result["peak_mib"], base["peak_mib"] if base else None, 6),
        f"{times['outside share']:>8.1%}" if times else " " * 8,
    ]
    return " ".join(cells).rstrip()


def _format_wer(result: StoredResult) -> float | None:
    return float(result["score"]["wer"]) if result["score"] else None


def _format_ratio(one: float | None, other: float | None, width: int) -> str:
    return f"{one / other:>{width}.2f}" if one is not None and other else " " * width
