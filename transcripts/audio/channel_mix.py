"""Mix the channels of a recording so that nobody is cancelled. Pure; uses only the standard library.

A balanced cable in a stereo socket, or one microphone wired the wrong way round, gives two channels with opposite
signs: their mean is silence. So each half second gets the mean, the difference or the loudest channel, by what is lost
in the mean. Its figures come from first differences, which leave mains hum out.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul, sub

REGION_SECONDS = 0.5
FADE_SECONDS = 0.01  # between two mixes
SAMPLE_STEP = 11  # every eleventh sample is measured
QUIET_POWER = 1e-11  # of first differences: a region like this keeps the mix of the one before
DOMINANT_SHARE = 0.999  # one channel has all the sound: 30 dB above the others
# What the sum of the channels has of their power: their number when they are equal, 1 when they have nothing in common,
# 0 when they cancel each other.
LOST_SHARE = 0.4  # below it, the difference of two channels
PARTLY_LOST_SHARE = 0.7  # below it, the loudest channel
CLEAN_SHARE = 1.6  # the same, once inverted sound was found: one voice may be inverted and another not
MIN_INVERTED_REGIONS = 2


@dataclass(frozen=True, slots=True)
class RegionPower:
    channels: tuple[float, ...]
    mean: float  # of the mean of all channels

    @property
    def kept_share(self) -> float:
        return len(self.channels) ** 2 * self.mean / sum(self.channels)


class MixChooser:
    """Chooses a plane for each region. Planes: the channels, their mean, and for two channels half their difference."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._choice, self._inverted_regions = channels, 0

    def choose_plane(self, power: RegionPower) -> int:
        if sum(power.channels) > QUIET_POWER:
            self._choice = self._choose(power)
            self._inverted_regions += self._choice == self._channels + 1
        return self._choice

    def _choose(self, power: RegionPower) -> int:
        loudest = max(range(self._channels), key=lambda channel: power.channels[channel])
        if power.channels[loudest] >= DOMINANT_SHARE * sum(power.channels):
            return loudest
        if power.kept_share < LOST_SHARE and self._channels == 2:
            return self._channels + 1
        is_mixed = self._inverted_regions >= MIN_INVERTED_REGIONS
        return loudest if power.kept_share < (CLEAN_SHARE if is_mixed else PARTLY_LOST_SHARE) else self._channels


class ChannelMixer:
    """Turns planes of float samples into one output channel, or two that keep the sides apart where none is lost."""

    def __init__(self, channels: int, rate: int, output_channels: int) -> None:
        self._channels, self._outputs = channels, output_channels
        self._region, self._fade = round(REGION_SECONDS * rate), round(FADE_SECONDS * rate)
        self._planes = [array("f") for _ in range(count_planes(channels))]
        self._chooser = MixChooser(channels)
        self._sources: tuple[int, ...] | None = None

    def add(self, planes: Sequence[bytes | memoryview]) -> Iterator[bytes]:
        for plane, samples in zip(self._planes, planes, strict=True):
            plane.frombytes(samples)
        while len(self._planes[0]) >= self._region:
            yield self._mix_region(self._region)

    def flush(self) -> Iterator[bytes]:
        if self._planes[0]:
            yield self._mix_region(len(self._planes[0]))

    def _mix_region(self, length: int) -> bytes:
        region = [plane[:length] for plane in self._planes]
        for plane in self._planes:
            del plane[:length]
        choice = self._chooser.choose_plane(measure_power(region, self._channels))
        keeps_sides = choice == self._channels == self._outputs
        sources = tuple(range(self._outputs)) if keeps_sides else (choice,) * self._outputs
        before, self._sources = self._sources or sources, sources
        outputs = [self._fade_over(region[old], region[new]) for old, new in zip(before, sources, strict=True)]
        return interleave(outputs)

    def _fade_over(self, before: "array[float]", after: "array[float]") -> "array[float]":
        if before is after:
            return after
        faded = array("f", after)
        for at in range(min(self._fade, len(faded))):
            share = at / self._fade
            faded[at] = before[at] * (1 - share) + after[at] * share
        return faded


def count_planes(channels: int) -> int:
    return channels + (2 if channels == 2 else 1)


def list_plane_terms(channels: int) -> list[str]:
    """For FFmpeg's pan filter."""
    own = [f"c{channel}" for channel in range(channels)]
    mean = "+".join(f"{1 / channels:.6f}*{name}" for name in own)
    return [*own, mean, *(["0.5*c0-0.5*c1"] if channels == 2 else [])]


def measure_power(planes: "Sequence[array[float]]", channels: int) -> RegionPower:
    powers = [_measure_difference_power(plane) for plane in planes[: channels + 1]]
    return RegionPower(tuple(powers[:channels]), powers[channels])


def interleave(channels: "Sequence[array[float]]") -> bytes:
    if len(channels) == 1:
        return channels[0].tobytes()
    mixed = array("f", bytes(4 * len(channels) * len(channels[0])))
    for number, channel in enumerate(channels):
        mixed[number :: len(channels)] = channel
    return mixed.tobytes()


def _measure_difference_power(plane: "array[float]") -> float:
    differences = list(map(sub, plane[1::SAMPLE_STEP], plane[::SAMPLE_STEP]))
    return sum(map(mul, differences, differences)) / len(differences) if differences else 0.0
