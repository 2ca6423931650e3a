"""The contrast of two colours (WCAG 2.2, relative luminance). Pure."""

import re

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MIN_TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3 (AA)
WHITE = "#ffffff"


def is_hex_colour(text: str) -> bool:
    return HEX_COLOUR.fullmatch(text) is not None


def calculate_contrast(first: str, second: str) -> float:
    darker, lighter = sorted((_calculate_luminance(first), _calculate_luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def explain_unusable_accent(text: str) -> str:
    """Empty if white text on it and text of this colour on white can be read."""
    if not is_hex_colour(text):
        return "Enter a colour as # and six digits or letters from a to f, like #17564f."
    if calculate_contrast(text, WHITE) < MIN_TEXT_CONTRAST:
        return "White text would be hard to read on this colour. Choose a darker one."
    return ""


def _calculate_luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
