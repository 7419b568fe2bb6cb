"""Problems and rosters as plain values, with their JSON form.

`read_problem` refuses a bad problem with every fault named at once (`BadProblem`); `read_roster` reads an answer back.
`problem.as_json()` and `roster.as_json()` give what `json.dumps` writes. Times are local and look like
`2027-08-30T15:00`; `moment` makes one from a `datetime`.

Reasons why a talk has no place (stable identifiers, `Reason`):

conversations
    no_slots            the leader offers no times at all
    no_possible_time    none of the leader's times suits the talk, whoever else comes
    leader_full         the leader has no room left for a talk of this length
    family_times        the leader still has room, but only at times that do not suit this family
    break               the leader has room, but it is kept free by the longest row of talks
    sibling_conflict    the leader has room, but a sibling's talk is at that time
    guardian_leads      the leader has room, but a guardian of the family leads another talk then
    costs_more          a place exists, but only at a higher price than leaving the talk out

evenings
    no_slots            the teacher is on no evening
    no_possible_time    teacher and family are never there together for long enough
    teacher_full        every time of the teacher is taken on the evenings that suit the family
    family_times        the teacher has room, but only when this family cannot come
    other_evening       the teacher has room only on another evening than the family's
    evening_too_short   the family's own talks fill all the time it has
    own_talks           the teacher has room, but only while the family has another talk
    break               the teacher's only room left is its break
    costs_more          a place is free, but the roster was made by a rule that does not look for it
"""

from scheduling.optimiser.problem.conversations import ConversationsProblem, Leader, Siblings, Talk, moment
from scheduling.optimiser.problem.evenings import Break, Evening, EveningProblem, Family, Place, Request, Teacher
from scheduling.optimiser.problem.fields import BadProblem
from scheduling.optimiser.problem.reading import Problem, Roster, read_problem, read_roster
from scheduling.optimiser.problem.rosters import (
    ConversationsRoster,
    ConversationsScore,
    EveningBound,
    EveningRoster,
    EveningScore,
    Move,
    Reason,
    SwapsRoster,
)
from scheduling.optimiser.problem.swaps import SwapSlot, SwapsProblem

__all__ = [
    "BadProblem",
    "Break",
    "ConversationsProblem",
    "ConversationsRoster",
    "ConversationsScore",
    "Evening",
    "EveningBound",
    "EveningProblem",
    "EveningRoster",
    "EveningScore",
    "Family",
    "Leader",
    "Move",
    "Place",
    "Problem",
    "Reason",
    "Request",
    "Roster",
    "Siblings",
    "SwapSlot",
    "SwapsProblem",
    "SwapsRoster",
    "Talk",
    "Teacher",
    "moment",
    "read_problem",
    "read_roster",
]
