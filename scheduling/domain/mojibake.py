"""Text that was written as UTF-8 and read as Windows-1252: `IsmaÃ«l` for Ismaël."""

import re

MOJIBAKE = re.compile("[ÂÃÄÅ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]")


def is_mojibake(text: str) -> bool:
    """Does this text look damaged, and does it become a good text when it is made whole?"""
    return MOJIBAKE.search(text) is not None and repair_mojibake(text) != text


def repair_mojibake(text: str) -> str:
    """The text made whole; the text itself when it cannot be."""
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return text


def _byte(letter: str) -> bytes:
    """The byte that a letter was read from; the five bytes without a letter were kept as they are."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
