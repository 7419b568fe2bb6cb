"""What a talk can be about, as the team suggests it: short, few, and always with room for the family itself."""

from scheduling.domain.errors import Invalid
from scheduling.domain.rounds import RoundKind
from scheduling.domain.texts import ensure_inviting, one_line

LONGEST = 120
MOST = 12
COMFORTABLE = 6
"""More than this becomes a list to tick off: allowed, and said."""


class FixedQuestions(Invalid):
    """A start conversation begins with what the family tells: no fixed list of questions goes with it."""

    field = "lines"

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class TooManySuggestions(Invalid):
    field = "lines"
    most = MOST


class SuggestionTooLong(Invalid):
    field = "lines"
    most = LONGEST

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def clean_suggestions(kind: RoundKind, text: str) -> tuple[str, ...]:
    """One suggestion a line, each once; refused where it compels, is unfinished, or asks in a start conversation."""
    lines = tuple(dict.fromkeys(line for line in (one_line(part) for part in text.splitlines()) if line))
    if len(lines) > MOST:
        raise TooManySuggestions
    for line in lines:
        if len(line) > LONGEST:
            raise SuggestionTooLong(line)
        if kind is RoundKind.START_CONVERSATION and "?" in line:
            raise FixedQuestions(line)
        ensure_inviting(line, field="lines")
    return lines
