"""What a change by hand costs, in the words of a wish and of a walk."""

from scheduling.domain.drafts import Cost, CostKind
from scheduling.optimiser.problem import ConversationsProblem, Leader, Siblings, Talk
from scheduling.queries.weighing import Scales

EARLY, LATER, LAST = "2027-08-31T15:00", "2027-08-31T15:20", "2027-08-31T15:40"
TIMES = (EARLY, LATER, LAST)


def scales(**places: str) -> Scales:
    """Sami would rather not have the second time; Lina, with Bas, is Sami's sister."""
    problem = ConversationsProblem(
        slot_minutes=20,
        max_in_a_row=4,
        leaders=(Leader("anna", TIMES), Leader("bas", TIMES)),
        talks=(
            Talk("sami", "sami", "anna", {EARLY: 0, LATER: 2, LAST: 0}),
            Talk("lina", "lina", "bas", dict.fromkeys(TIMES, 0)),
        ),
        siblings=(Siblings(("sami", "lina"), 0),),
    )
    return Scales(problem, places)


def test_a_time_that_a_family_would_rather_not_have_says_so_and_counts():
    weighed = scales(sami=EARLY).weigh({"sami": (LATER, 1)})
    assert (weighed.costs, weighed.total) == ((Cost(CostKind.WISH_LOST, "sami", count=2),), 2)
    back = scales(sami=LATER).weigh({"sami": (LAST, 1)})
    assert (back.costs, back.total, back.is_free) == ((Cost(CostKind.WISH_KEPT, "sami", count=2),), -2, True)


def test_a_longer_wait_between_brother_and_sister_costs_one():
    weighed = scales(sami=EARLY, lina=LATER).weigh({"lina": (LAST, 1)})
    assert (weighed.costs, weighed.total) == ((Cost(CostKind.LATER, "lina", "sami"),), 1)


def test_a_talk_that_comes_to_follow_that_of_a_sister_wins():
    weighed = scales(sami=EARLY).weigh({"lina": (LATER, 1)})
    assert {cost.kind for cost in weighed.costs} == {CostKind.WITH_TIME, CostKind.BESIDE}
    assert weighed.total == -60 - 15
