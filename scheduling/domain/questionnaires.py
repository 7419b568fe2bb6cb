"""What parents and mentors find of their contact, asked without names: only totals are ever kept.

There is no row per answer. Each answer is added to a few sums and is then gone, so nothing can lead back from an answer
to a person. A total of fewer than ten is shown to nobody, nor one that could be had by taking totals from each other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.people import Sector
from scheduling.domain.texts import TextTooLong, clean

FEWEST = 10
"""A total of fewer answers is not shown."""

LONGEST_REMARK = 500
ANSWERS = (1, 2, 3, 4)
"""From least to most; the two lowest are shown as one."""


class Asked(StrEnum):
    """Whose answer it is."""

    PARENT = "parent"
    MENTOR = "mentor"


class Side(StrEnum):
    """How it goes now, and how much it matters."""

    EXPERIENCE = "experience"
    IMPORTANCE = "importance"


class Item(StrEnum):
    """What is asked, by key: each list has its own order."""

    HOME = "q_thuissituatie_kennen"
    ROLE = "q_rol_ouders_kennen"
    ATTENTION = "q_aandacht_thuissituatie"
    ENCOURAGED = "q_aanmoedigen_contact"
    AT_HOME = "q_ontwikkeling_thuis"
    PRACTICAL = "q_praktische_afspraken"
    SUPPORT = "q_ondersteuning_ouders"
    OFFER = "q_aanbod_rol_thuis"
    TOPICS = "q_onderwerpen_aandragen"
    FUTURE = "q_toekomst_leidraad"
    AGENDA = "q_gespreksagenda"


HOW_WELL = frozenset({Item.HOME, Item.ROLE})
"""Asked as "how well"; the others as "how often"."""

ORDER: Mapping[Asked, tuple[Item, ...]] = {
    Asked.MENTOR: (
        Item.HOME, Item.ROLE, Item.ATTENTION, Item.ENCOURAGED, Item.AT_HOME, Item.PRACTICAL, Item.SUPPORT, Item.OFFER,
        Item.TOPICS, Item.FUTURE, Item.AGENDA,
    ),
    Asked.PARENT: (
        Item.HOME, Item.ROLE, Item.AT_HOME, Item.ENCOURAGED, Item.ATTENTION, Item.SUPPORT, Item.OFFER, Item.PRACTICAL,
        Item.FUTURE, Item.AGENDA, Item.TOPICS,
    ),
}  # fmt: skip


class Part(StrEnum):
    """Of which part of the school a total is."""

    SCHOOL = "school"
    LEVEL = "level"
    GRADE = "grade"


@dataclass(frozen=True, order=True)
class Group:
    """The school, or one level or year of it."""

    part: Part
    name: str = ""

    @property
    def key(self) -> str:
        return f"{self.part.value}:{self.name}"


SCHOOL = Group(Part.SCHOOL)

Counts = tuple[int, int, int, int]
"""How many gave each of the four answers."""

NOTHING: Counts = (0, 0, 0, 0)


@dataclass(frozen=True)
class Said:
    """What one person filled in; what was left open is not in it."""

    answers: Mapping[tuple[Item, Side], int]
    remark: str = ""

    def tidy(self) -> "Said":
        """As it can be counted, or what does not go."""
        remark = clean(self.remark).strip()
        if len(remark) > LONGEST_REMARK:
            raise TextTooLong(LONGEST_REMARK, "remark")
        answers = {asked: answer for asked, answer in self.answers.items() if answer in ANSWERS}
        if not answers:
            raise NothingSaid
        return Said(answers, remark)


@dataclass(frozen=True)
class Total:
    """One bar: the lowest two together, and how many answered."""

    low: int
    fair: int
    high: int

    @property
    def answered(self) -> int:
        return self.low + self.fair + self.high

    @property
    def percents(self) -> tuple[int, int, int]:
        """Whole percents that are a hundred together: what is rounded away goes to the largest remainders."""
        parts = [100 * count for count in (self.low, self.fair, self.high)]
        whole = [part // self.answered for part in parts]
        by_rest = sorted(range(3), key=lambda place: (-(parts[place] % self.answered), place))
        for place in by_rest[: 100 - sum(whole)]:
            whole[place] += 1
        return whole[0], whole[1], whole[2]


@dataclass
class Tally:
    """The sums of one group: how many people, and per question how many gave each answer."""

    people: int = 0
    counts: dict[str, list[int]] = field(default_factory=dict)

    def add(self, said: Said) -> None:
        """Count one person in; what was said can no longer be told apart from the rest."""
        self.people += 1
        for item in Item:  # each has its place from the start: not even the order of keys tells who left what open
            for side in Side:
                counts = self.counts.setdefault(key_of(item, side), [0, 0, 0, 0])
                if answer := said.answers.get((item, side)):
                    counts[answer - 1] += 1

    def of(self, item: Item, side: Side) -> Counts:
        one, two, three, four = self.counts.get(key_of(item, side), NOTHING)
        return one, two, three, four


class NothingSaid(Invalid):
    """Not one question was answered."""


class AnsweredBefore(Conflict):
    """This person's answer is in already: it cannot be found to change it."""


class NotOpen(Conflict):
    """The questionnaire has not begun, or is closed."""


class HeldBefore(Conflict):
    """There was a questionnaire this school year already."""


def key_of(item: Item, side: Side) -> str:
    return f"{side.value}.{item.value}"


def groups_of(level: str, grade: str, sector: Sector) -> tuple[Group, ...]:
    """In which sums an answer about a class of this level and year belongs.

    A mixed level counts as the higher one ("havo/vwo" as vwo); years 5 and 6 of secondary education count together.
    """
    found = [SCHOOL]
    if named := level.split("/")[-1].strip().casefold():
        found.append(Group(Part.LEVEL, named))
    if year := grade.strip():
        together = sector is Sector.SECONDARY and year in ("5", "6")
        found.append(Group(Part.GRADE, "5/6" if together else year))
    return tuple(found)


def merged(counts: Counts) -> Total:
    """The two lowest answers as one."""
    return Total(counts[0] + counts[1], counts[2], counts[3])


def shown(answered: Mapping[Group, int], pairs: Collection[Sequence[Group]]) -> frozenset[Group]:
    """Which groups have a total that may be shown.

    `answered`: how many answered in each group; `pairs`: the groups of every class. Each total is of ten or more, and
    so is what is left when totals are taken from each other: levels or years from the school, or those that lie wholly
    within a level or year from that one.
    """
    open_ = {group for group, count in answered.items() if count >= FEWEST}
    if SCHOOL not in open_:
        return frozenset()
    while leak := _leak(open_, answered, pairs):
        open_.discard(leak)
    return frozenset(open_)


def _leak(open_: set[Group], answered: Mapping[Group, int], pairs: Collection[Sequence[Group]]) -> Group | None:
    """A group to hide, because the others with it would tell of fewer than ten."""
    for whole in sorted(open_, key=lambda group: (group.part is not Part.SCHOOL, answered[group], group)):
        for part in (Part.LEVEL, Part.GRADE):
            within = [one for one in open_ if one.part is part and one != whole and _is_within(one, whole, pairs)]
            rest = answered[whole] - sum(answered[one] for one in within)
            if within and 0 < rest < FEWEST:
                return min(within, key=lambda one: (answered[one], one)) if whole == SCHOOL else whole
    return None


def _is_within(inner: Group, outer: Group, pairs: Iterable[Sequence[Group]]) -> bool:
    return outer == SCHOOL or all(outer in groups for groups in pairs if inner in groups)
