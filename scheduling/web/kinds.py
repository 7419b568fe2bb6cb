"""What a talk is called at this school."""

from jinja2 import pass_context
from jinja2.runtime import Context

from scheduling.domain.rounds import RoundKind
from scheduling.queries.school import find_school
from scheduling.wording.kinds import kind_name


def name_here(kind: RoundKind) -> str:
    """The talk, in one word within a sentence."""
    school = find_school()
    return kind_name(kind, school.sector if school else None)


@pass_context
def name_on_page(page: Context, kind: RoundKind) -> str:
    """The same on a page, which knows its school already."""
    school = page.get("school")
    return kind_name(kind, school.sector) if school else name_here(kind)
