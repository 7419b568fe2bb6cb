"""What a letter may never say, and what no line of it may hold."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from scheduling.domain.errors import Invalid, Refused

PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]|#{3,}|%\(|\[\[|\bNone\b|\bUndefined\b")
OPEN_PLACE = re.compile(
    rf"{PLACEHOLDER.pattern}|\[[^\[\]\n]*\]|<[^\s<>][^<>\n]*>|(?<!\w)[xX]{{3,}}(?!\w)|_{{3,}}|\$\w+|%\w+%"
)
"""The same in what a school types: also the ways in which people mark what is still to be filled in."""

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
"""The languages in which a school types its own texts, whatever language a text is meant to be in."""

LONGEST_LINE = 400
DUTCH = "nl"
LONGEST_PARAGRAPH = 1000
LONGEST_TITLE = 80
LONGEST_ADDRESS = 500
MOST_LINKS = 3
HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{2,59})", re.A)
NEVER_IN_ADDRESS = re.compile(r"[\s\\<>\"'`{}|^\x00-\x20\x7f]")


@dataclass(frozen=True)
class PreparationLink:
    """A page that helps a family prepare: what it is called, and where it is."""

    title: str
    address: str

    @property
    def host(self) -> str:
        """Where it leads, in full, as it is shown beside the title."""
        return urlsplit(self.address).netloc


@dataclass(frozen=True)
class OwnText:
    """What a school says in one language about a round."""

    paragraph: str = ""
    links: tuple[PreparationLink, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.paragraph or self.links)


@dataclass(frozen=True)
class ReadText:
    """What one reader gets of it, and in which language each part is."""

    paragraph: str = ""
    paragraph_language: str = DUTCH
    links: tuple[PreparationLink, ...] = ()
    links_language: str = DUTCH


class LinkBroken(Invalid):
    """This is no address of a page on the web that a letter can show."""

    def __init__(self, address: str, field: str) -> None:
        super().__init__(address)
        self.address, self.field = address, field


class LinkHidesItsPlace(Invalid):
    """An address with a name or password before the host leads elsewhere than it seems."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class LinkHalf(Invalid):
    """A link has a title and an address."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class TextTooLong(Invalid):
    """A text of the school's own is longer than a letter has room for."""

    def __init__(self, most: int, field: str) -> None:
        super().__init__(most)
        self.most, self.field = most, field


class LanguageUnknown(Invalid):
    """No family here reads this language, and nobody wrote in it yet."""

    field = "language"


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


def ensure_inviting(text: str, *, field: str, language: str = DUTCH) -> None:
    """What a school types for its letters invites and is finished: said while it is typed, not when letters leave."""
    for fault in uninviting(text, field=field, language=language):
        raise fault


def uninviting(text: str, *, field: str, language: str = DUTCH) -> list[Invalid]:
    """Every open place and every word that compels in what a school types, each once."""
    places = dict.fromkeys(found.group() for found in OPEN_PLACE.finditer(text))
    spoken = dict.fromkeys((language, *TYPED_IN))
    words = dict.fromkeys(word for one in spoken for word in compelling_words(text, one))
    return [*(TextUnfinished(place, field) for place in places), *(TextCompels(word, field) for word in words)]


def ensure_own_text(*, paragraph: str, links: Sequence[tuple[str, str]], language: str = DUTCH) -> OwnText:
    """What the office typed, tidied, or the first thing that is wrong: its field is `paragraph`, `title_1`, `link_1` …

    `links` are (title, address) pairs in order; empty pairs are left out.
    """
    for fault in own_text_faults(paragraph=paragraph, links=links, language=language):
        raise fault
    kept = [
        PreparationLink(one_line(title), _address(address.strip(), f"link_{number}"))
        for number, title, address in _typed(links)
    ]
    return OwnText(clean(paragraph).strip(), tuple(kept))


def own_text_faults(*, paragraph: str, links: Sequence[tuple[str, str]], language: str = DUTCH) -> list[Invalid]:
    """Everything that is wrong with what the office typed, in the order of the form."""
    text = clean(paragraph).strip()
    faults: list[Invalid] = [TextTooLong(LONGEST_PARAGRAPH, "paragraph")] if len(text) > LONGEST_PARAGRAPH else []
    faults += uninviting(text, field="paragraph", language=language)
    for number, title, address in _typed(links):
        faults += _title_faults(one_line(title), f"title_{number}", language)
        faults += _address_faults(address.strip(), f"link_{number}")
    return faults


def _typed(links: Sequence[tuple[str, str]]) -> list[tuple[int, str, str]]:
    """The links of which something was typed, with their number in the form."""
    numbered = enumerate(links[:MOST_LINKS], start=1)
    return [(number, title, address) for number, (title, address) in numbered if title.strip() or address.strip()]


def text_for(language: str, texts: Mapping[str, OwnText]) -> ReadText:
    """What somebody who reads this language gets: each part in that language, else in Dutch, else not at all."""
    own, dutch = texts.get(language, OwnText()), texts.get(DUTCH, OwnText())
    return ReadText(
        paragraph=own.paragraph or dutch.paragraph,
        paragraph_language=language if own.paragraph else DUTCH,
        links=own.links or dutch.links,
        links_language=language if own.links else DUTCH,
    )


def _title_faults(title: str, field: str, language: str) -> list[Invalid]:
    if not title:
        return [LinkHalf(field)]
    if len(title) > LONGEST_TITLE:
        return [TextTooLong(LONGEST_TITLE, field)]
    return uninviting(title, field=field, language=language)


def _address_faults(address: str, field: str) -> list[Invalid]:
    if not address:
        return [LinkHalf(field)]
    try:
        _address(address, field)
    except Invalid as fault:
        return [fault]
    return []


def _address(address: str, field: str) -> str:
    """The address as it will stand in letters: scheme and host in small letters, the host as the web knows it."""
    if len(address) > LONGEST_ADDRESS:
        raise TextTooLong(LONGEST_ADDRESS, field)
    if NEVER_IN_ADDRESS.search(address) or clean(address) != address:
        raise LinkBroken(address, field)
    found = PLACEHOLDER.search(address)
    if found:
        raise TextUnfinished(found.group(), field)
    parts = _parts(address, field)
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise LinkHidesItsPlace(field)
    host, port = _host(parts, address, field)
    return parts._replace(scheme=parts.scheme.lower(), netloc=f"{host}:{port}" if port else host).geturl()


def _parts(address: str, field: str) -> SplitResult:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise LinkBroken(address, field) from None
    if parts.scheme.lower() not in ("https", "http") or not parts.netloc:
        raise LinkBroken(address, field)
    return parts


def _host(parts: SplitResult, address: str, field: str) -> tuple[str, int | None]:
    try:
        host, port = (parts.hostname or "").encode("idna").decode().lower(), parts.port
    except ValueError:
        raise LinkBroken(address, field) from None
    if not HOST.fullmatch(host):
        raise LinkBroken(address, field)
    return host, port


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
