"""What a talk is called at this school."""

from scheduling.domain.rounds import RoundKind
from scheduling.queries.school import find_school
from scheduling.wording.kinds import kind_name


def name_here(kind: RoundKind) -> str:
    """The talk, in one word within a sentence."""
    school = find_school()
    return kind_name(kind, school.sector if school else None)
