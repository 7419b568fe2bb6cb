"""Whose pages these are. A leader has own pages; the office opens the same pages of any leader.

`page` hangs one view on both doors. Whatever the door, a desk shows the classes and talks of its leader only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.rounds import BookingOrigin
from scheduling.queries import leaders
from scheduling.queries.years import YearFacts
from scheduling.web.clock import now
from scheduling.web.staff import leader, office
from scheduling.wording import leading as leading_words
from scheduling.wording import plans as plan_words

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Desk:
    """One leader's pages, as seen through one of the two doors."""

    leader_id: int
    is_own: bool

    def to(self, name: str, **values: Any) -> str:
        """The address of a page of this desk."""
        if self.is_own:
            return url_for(f"leader.{name}", **values)
        return url_for(f"office.leader_{name}", leader_id=self.leader_id, **values)

    @property
    def origin(self) -> BookingOrigin:
        return BookingOrigin.LEADER if self.is_own else BookingOrigin.OFFICE

    @property
    def year(self) -> YearFacts:
        return leaders.year_at(now())

    def show(self, template: str, **facts: Any) -> str:
        """A page of this desk, with the words it needs."""
        return render_template(
            f"staff/leader/{template}", desk=self, said=leading_words, words=plan_words, now=now(), **facts
        )

    def sends_to(self, name: str, **values: Any) -> ResponseReturnValue:
        return redirect(self.to(name, **values), code=303)


def desk_of(leader_id: int | None) -> Desk:
    """The office's desk of this leader, or (None) the own one."""
    return Desk(g.staff.id, is_own=True) if leader_id is None else Desk(leader_id, is_own=False)


def page(rule: str, name: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Hang a view `view(desk, …)` on the leader's own door and on the office's."""

    def hang(view: View) -> View:
        @wraps(view)
        def show(leader_id: int | None = None, **values: Any) -> ResponseReturnValue:
            return view(desk_of(leader_id), **values)

        leader.pages.add_url_rule(rule, name, show, methods=[*methods])
        office.pages.add_url_rule(f"/leaders/<int:leader_id>{rule}", f"leader_{name}", show, methods=[*methods])
        return view

    return hang
