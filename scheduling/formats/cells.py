"""What a cell says: text made tidy, dates, yes and no, e-mail addresses; and what is wrong with it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from scheduling.domain.imports import EMAIL_LENGTH, Place, Problem, Severity, problem
from scheduling.domain.mojibake import is_mojibake, repair_mojibake

TEXT_LENGTH = 200

INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
)
"""Marks that reorder or hide text: dropped. Joiners stay, some scripts need them."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LINE_SEPARATORS = "\u2028\u2029"
ENCODED_WORD = "=?"

EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
LETTER_THAT_WAS = "\ufffd"
LOST_LETTER = re.compile(r"\w\?|\?\w|\ufffd")
"""What becomes of a letter that an encoding does not have; the file may be saved anew in any encoding since."""

DATE_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
DATE_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+)?")
DATE_SERIAL = re.compile(r"\d{5}")
DAY_ZERO_OF_SHEETS = date(1899, 12, 30)
CENTURY_TURN = 70

YES = frozenset({"j", "ja", "y", "yes", "x", "1", "true", "waar"})
NO = frozenset({"n", "nee", "no", "0", "false", "onwaar"})
YES_OR_NO = YES | NO


@dataclass
class Row:
    """A row of a table by field; collects its own problems while it is read."""

    place: Place
    cells: Mapping[str, str]
    headers: Mapping[str, str]
    encoding: str = "utf-8"
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not any(problem.severity is Severity.ERROR for problem in self.problems)

    def warn(self, column: str, code: str, **facts: str) -> None:
        self.problems.append(problem(self.place, self.headers.get(column, ""), code, Severity.WARNING, **facts))

    def refuse(self, column: str, code: str, **facts: str) -> None:
        self.problems.append(problem(self.place, self.headers.get(column, ""), code, Severity.ERROR, **facts))

    def raw(self, column: str) -> str:
        return self.cells.get(column, "")

    def text(self, column: str, length: int = TEXT_LENGTH) -> str:
        """A text; line breaks become spaces, formulas stay what they look like, what is too long is cut off."""
        text = self._tidied(column)
        if len(text) > length:
            self.warn(column, "shortened", limit=str(length))
        return text[:length].rstrip()

    def name(self, column: str, length: int) -> str:
        """A text that will stand in a letter's head: nothing hidden in it, and nothing cut off."""
        raw = self.raw(column).strip(" \u00a0")
        if not raw:
            return ""
        if has_control_characters(raw):
            self.refuse(column, "control_characters")
            return ""
        if ENCODED_WORD in raw:
            self.refuse(column, "encoded_word")
            return ""
        text = self._tidied(column)
        if len(text) > length:
            self.refuse(column, "too_long", limit=str(length), found=str(len(text)))
            return ""
        if not text.isascii() and is_mojibake(text):
            self.warn(column, "mojibake", text=text, repaired=repair_mojibake(text))
        elif ("?" in text or LETTER_THAT_WAS in text) and LOST_LETTER.search(text):
            self.warn(column, "lost_letters", text=text)
        return text

    def required(self, column: str, length: int) -> str:
        """A name that must be there."""
        text = self.name(column, length)
        if not text and self.is_good:
            self.refuse(column, "missing")
        return text

    def email(self, column: str) -> str:
        """One address, with its domain in small letters; a broken one is left out and told."""
        raw = self.raw(column)
        text = tidy(raw)
        if not text:
            return ""
        address = text.removeprefix("mailto:")
        local, _, domain = address.rpartition("@")
        address = f"{local}@{domain.lower()}"
        if len(address) > EMAIL_LENGTH or not EMAIL.fullmatch(address) or ENCODED_WORD in address:
            several = len(re.findall("@", text)) > 1 and re.search(r"[;,\s]", text)
            self.warn(column, "email_several" if several else "email_broken", text=text[:80])
            return ""
        if address != raw:
            self.warn(column, "email_tidied", text=address)
        return address

    def day(self, column: str) -> date | None:
        """A date as Dutch sheets write it, day first, or as computers do, year first."""
        text = tidy(self.raw(column))
        if not text:
            return None
        day = parse_date(text)
        if day is None:
            self.warn(column, "date_unknown", text=text[:40])
        return day

    def clock(self, column: str) -> time | None:
        """A time of day: 15:00, 15.00, 9:30, 15:00:00."""
        if match := re.fullmatch(r"(\d{1,2})[:.](\d{2})(?::00)?", tidy(self.raw(column))):
            hour, minute = int(match.group(1)), int(match.group(2))
            if hour < 24 and minute < 60:
                return time(hour, minute)
        self.refuse(column, "time_unknown", text=tidy(self.raw(column))[:40])
        return None

    def yes(self, column: str) -> bool | None:
        """Yes, no, or nothing said."""
        text = tidy(self.raw(column)).casefold()
        if not text:
            return None
        if text not in YES_OR_NO:
            self.warn(column, "yes_or_no", text=text[:40])
            return None
        return text in YES

    def whole(self, column: str) -> int:
        """A small whole number; 0 when there is none."""
        text = tidy(self.raw(column))
        return int(text) if re.fullmatch(r"\d{1,4}", text) else 0

    def parts(self, column: str, length: int = TEXT_LENGTH) -> tuple[str, ...]:
        """The parts of a list with commas."""
        parts = (part.strip() for part in self.name(column, length).split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    def _tidied(self, column: str) -> str:
        raw = self.raw(column)
        if is_formula_like(raw):
            self.warn(column, "formula_like")
        return tidy(raw)


def tidy(text: str) -> str:
    """Text without invisible marks, control characters, stray spaces and split letters."""
    if not text:
        return ""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(INVISIBLE)
    return " ".join(text.split())


def has_control_characters(text: str) -> bool:
    if text.isprintable():
        return False
    return any(unicodedata.category(letter) == "Cc" or letter in LINE_SEPARATORS for letter in text)


def is_formula_like(text: str) -> bool:
    """A spreadsheet would calculate this cell instead of showing it."""
    bare = text.lstrip(" \u00a0")
    return len(bare) > 1 and bare.startswith(FORMULA_STARTS)


def parse_date(text: str) -> date | None:
    """dd-mm-jjjj, d-m-jj, jjjj-mm-dd, or a sheet's day number; None for anything else."""
    try:
        if match := DATE_DAY_FIRST.fullmatch(text):
            day, month, year = (int(part) for part in match.groups())
            if len(match.group(3)) == 2:
                year += 2000 if year < CENTURY_TURN else 1900
            return date(year, month, day)
        if match := DATE_YEAR_FIRST.fullmatch(text):
            return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    return DAY_ZERO_OF_SHEETS + timedelta(days=int(text)) if DATE_SERIAL.fullmatch(text) else None
