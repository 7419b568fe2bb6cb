"""Families that do not exist: children with places in classes, guardians with homes, mail and languages."""

import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from scheduling.samples.names import GIVEN, INITIALS, SURNAMES

DOMAINS = ("example.org", "example.com", "example.net")


@dataclass(frozen=True)
class Seat:
    """A place in a class; `level` is the year level of the pupil who sits there."""

    class_name: str
    level: int
    location: str = ""


@dataclass
class Parent:
    relation: str
    initials: str
    prefix: str
    surname: str
    email: str = ""
    phone: str = ""
    authority: str = "J"
    secret: bool = False
    post: str = "J"
    language: str = "Nederlands"
    interpreter: str = "N"
    household: str = "A"
    consent: str = ""
    given_name: str = ""


@dataclass
class Child:
    number: str
    given_name: str
    prefix: str
    surname: str
    born: date
    seat: Seat
    leader: str = ""
    email: str = ""
    permitted: str = ""
    enrolled_on: date | None = None

    @property
    def initials(self) -> str:
        return plain(self.given_name)[0].upper()


@dataclass
class Family:
    children: list[Child] = field(default_factory=list)
    parents: list[Parent] = field(default_factory=list)
    second_account: int = 2
    """In which co-account of the child the second guardian stands, where there are co-accounts."""

    @property
    def lives_apart(self) -> bool:
        return len({parent.household for parent in self.parents}) > 1


@dataclass
class Colleague:
    code: str
    given_name: str
    prefix: str
    surname: str
    role: str
    classes: tuple[str, ...] = ()
    workdays: str = "ma,di,wo,do,vr"
    email: str = ""


class Registry:
    """Hands out names, numbers and addresses that nobody else in the school has."""

    def __init__(self, seed: str, first_number: int, encoding: str) -> None:
        self.random = random.Random(seed)
        self.next_number = first_number
        self.surnames = [name for name in SURNAMES if fits(name[1], encoding)]
        self.given = [name for name in GIVEN if fits(name, encoding)]
        self.names_taken: set[tuple[str, str, str]] = set()
        self.mails_taken: set[str] = set()

    def number(self) -> str:
        self.next_number += 1
        return f"{self.next_number:06}"

    def surname(self) -> tuple[str, str]:
        return self.random.choice(self.surnames)

    def given_name(self, prefix: str, surname: str) -> str:
        """A given name that makes the full name unique in the school."""
        while True:
            name = self.random.choice(self.given)
            if (name, prefix, surname) not in self.names_taken:
                self.names_taken.add((name, prefix, surname))
                return name

    def initials(self) -> str:
        return "".join(self.random.sample(INITIALS, self.random.choice((1, 2, 2, 3))))

    def email(self, *parts: str) -> str:
        """An address that leads nowhere: the domains are kept free for examples."""
        base = ".".join(filter(None, (letters(part) for part in parts))) or "ouder"
        number = 1
        while True:
            local = base if number == 1 else f"{base}{number}"
            if local not in self.mails_taken:
                self.mails_taken.add(local)
                return f"{local}@{DOMAINS[len(self.mails_taken) % len(DOMAINS)]}"
            number += 1

    def phone(self) -> str:
        """A number that cannot exist."""
        return f"+31 00 000 {self.random.randrange(100):02} {self.random.randrange(100):02}"

    def birthday(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randrange((last - first).days + 1))


def new_family(registry: Registry, seats: list[Seat], parents: int, births: dict[int, tuple[date, date]]) -> Family:
    """A family in one home, its oldest child first; children on one year level are twins."""
    prefix, surname = registry.surname()
    family = Family()
    born_at: dict[int, date] = {}
    for seat in sorted(seats, key=lambda seat: -seat.level):
        born = born_at.setdefault(seat.level, registry.birthday(*births[seat.level]))
        given = registry.given_name(prefix, surname)
        family.children.append(Child(registry.number(), given, prefix, surname, born, seat))
    relations = registry.random.sample(("moeder", "vader"), 2)[:parents]
    for relation in relations:
        own = (prefix, surname) if relation == relations[0] else registry.surname()
        family.parents.append(new_parent(registry, relation, *own))
    return family


def new_parent(registry: Registry, relation: str, prefix: str, surname: str) -> Parent:
    initials = registry.initials()
    email = registry.email(initials, prefix, surname)
    return Parent(relation, initials, prefix, surname, email, registry.phone())


def seat_families(registry: Registry, seats: list[Seat], sizes: list[int]) -> list[list[Seat]]:
    """Divide the seats over families of these sizes: brothers and sisters sit on different year levels."""
    seats = list(seats)
    registry.random.shuffle(seats)
    families = []
    for size in sorted(sizes, reverse=True):
        chosen: list[Seat] = []
        for seat in list(seats):
            if all(seat.level != other.level for other in chosen):
                chosen.append(seat)
                seats.remove(seat)
            if len(chosen) == size:
                break
        families.append(chosen)
    return families


def fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def plain(text: str) -> str:
    """A text in plain letters only."""
    bare = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("Ł", "L").replace("ł", "l"))
    return bare.encode("ascii", "ignore").decode()


def letters(text: str) -> str:
    return "".join(letter for letter in plain(text).lower() if letter.isalnum())
