"""What a letter may never say, and what no line of it may hold."""

import re
import unicodedata

from scheduling.domain.errors import Invalid, Refused

PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]|#{3,}|%\(|\[\[|\bNone\b|\bUndefined\b")
COMPULSION = {
    "nl": (r"verplicht\w*", r"moet\w*", r"dient\s+u", r"u\s+dient", r"gedwongen", r"noodzakelijk"),
    "en": (r"must", r"mandatory", r"obligat\w*", r"compulsory", r"have\s+to", r"required?"),
    "tr": (r"zorunda\w*", r"zorunlu\w*", r"mecbur\w*", r"şart"),
    "ar": (r"يجب", r"إلزامي\w*", r"إجباري\w*", r"مجبر\w*"),
    "pl": (r"musi\w*", r"obowiązk\w*", r"obowiązan\w*", r"należy"),
    "uk": (r"мусит\w*", r"повинн\w*", r"зобов\w*", r"обов[’']язков\w*"),
}
"""Words that compel: a family is invited, in every language."""

TYPED_IN = ("nl", "en")
"""The languages in which a school types its own texts."""

LONGEST_LINE = 400


class LetterUnfinished(Refused):
    """A letter still has an open placeholder: it stays in the house."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


class TextUnfinished(Invalid):
    """A text of the school's own has an open place that no letter fills."""

    def __init__(self, found: str, field: str) -> None:
        super().__init__(found)
        self.found, self.field = found, field


class TextCompels(Invalid):
    """A text of the school's own has a word that compels, where a family is invited."""

    def __init__(self, word: str, field: str) -> None:
        super().__init__(word)
        self.word, self.field = word, field


class HeaderSmuggled(Refused):
    """These facts would make a message with headers that nobody meant."""


def compelling_words(text: str, language: str) -> list[str]:
    """Every word in this text that compels."""
    patterns = COMPULSION.get(language, ())
    return [found.group() for pattern in patterns for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.I)]


def ensure_inviting(text: str, *, field: str) -> None:
    """What a school types for its letters invites and is finished: said while it is typed, not when letters leave."""
    found = PLACEHOLDER.search(text)
    if found:
        raise TextUnfinished(found.group(), field)
    for language in TYPED_IN:
        for word in compelling_words(text, language):
            raise TextCompels(word, field)


def ensure_finished(*texts: str) -> None:
    """No open placeholder leaves the house."""
    for text in texts:
        found = PLACEHOLDER.search(text)
        if found:
            raise LetterUnfinished(found.group())


def one_line(text: str) -> str:
    """Text that is safe in a header or in one line of a letter: no control, direction or encoded-word characters."""
    return " ".join(clean(text).split())[:LONGEST_LINE].replace("=?", "= ?")


def clean(text: str) -> str:
    """Without control characters (the end of a line may stay), lone surrogates and turns of direction."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(sign if _may_stay(sign) else " " for sign in text)


def _may_stay(sign: str) -> bool:
    if sign == "\n":
        return True
    if sign in "\u200c\u200d":
        return True  # joiners belong to the spelling of Persian and to emoji
    return unicodedata.category(sign) not in ("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")
