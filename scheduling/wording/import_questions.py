"""What is asked about school files: each question in words, with its choices and what happens without an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.columns import ColumnsMissing, ColumnTwice, NoSuchFile, NoSuchList
from scheduling.domain.import_questions import ALL, KEEP, NEW, NONE, REPAIR, SAME, TWO, Choice, NoSuchChoice, Question
from scheduling.domain.import_questions import QuestionKind as Kind
from scheduling.domain.year_change import LATER, LEFT
from scheduling.wording.columns import column_name
from scheduling.wording.errors import says


@dataclass(frozen=True)
class Asked:
    """A question as the office reads it."""

    title: str
    text: str
    default: str
    """What happens without an answer."""
    choices: tuple[tuple[str, str], ...]
    """Per choice its value and its words."""


def asked(question: Question) -> Asked:
    """The words of a question."""
    title, text, default = QUESTIONS[question.kind](question)
    return Asked(
        title, text, default, tuple((choice.value, choice_text(question.kind, choice)) for choice in question.choices)
    )


def choice_text(kind: Kind, choice: Choice) -> str:
    """The words of one choice."""
    texts: dict[tuple[Kind, str], str] = {
        (Kind.DAMAGED_TEXT, REPAIR): _("Herstel de letters in dit bestand"),
        (Kind.DAMAGED_TEXT, KEEP): _("Laat het zoals het er staat"),
        (Kind.SEVERAL_ADDRESSES, NONE): _("Geen van deze: de brief gaat op papier"),
        (Kind.SHARED_MAILBOX, ALL): _("Beide huizen lezen dit adres"),
        (Kind.NUMBERS_ALIKE, SAME): _("Het is dezelfde leerling"),
        (Kind.NUMBERS_ALIKE, TWO): _("Het zijn twee leerlingen"),
        (Kind.ZEROS_LOST, SAME): _("Het zijn dezelfde leerlingen: de nullen zijn weggevallen"),
        (Kind.ZEROS_LOST, TWO): _("Het zijn andere leerlingen"),
        (Kind.NOT_MOVED_UP, LEFT): _("Ja, van school"),
        (Kind.NOT_MOVED_UP, LATER): _("Nee, komt nog in een bestand"),
        (Kind.SAME_GUARDIAN, NEW): _("Dit is iemand anders"),
        (Kind.WHICH_PUPIL, NONE): _("Geen van hen: sla de rij over"),
    }
    if (kind, choice.value) in texts:
        return texts[kind, choice.value]
    if kind is Kind.SHARED_MAILBOX:
        return _("Alleen %(names)s. Het andere huis krijgt de brief op papier.", **choice.facts)
    if kind is Kind.WHICH_PUPIL:
        return _pupil(**choice.facts)
    return next(iter(choice.facts.values()), choice.value)


def _pupil(number: str, class_name: str, born: str) -> str:
    """What tells one namesake from another."""
    parts = [
        _("nummer %(number)s", number=number) if number else "",
        _("in %(class_name)s", class_name=class_name) if class_name else "",
        _("geboren op %(day)s", day=f"{date.fromisoformat(born):%d-%m-%Y}") if born else "",
    ]
    return ", ".join(filter(None, parts)) or _("van deze leerling weten wij alleen de naam")


Words = tuple[str, str, str]


def _damaged(question: Question) -> Words:
    return (
        _("Zijn er letters beschadigd in %(file)s?", **question.facts),
        _("Sommige letters lijken bij het bewaren verkeerd gelezen."),
        _("Zonder antwoord blijft het zoals het er staat."),
    )


def _several(question: Question) -> Words:
    return (
        _("Welk adres is het juiste?"),
        _("%(file)s, rij %(row)s, %(who)s: bij %(column)s staan meer adressen.",
          file=question.place.file, row=question.place.row, who=question.facts["who"] or _("zonder naam"),
          column=question.facts["column"]),
        _("Zonder antwoord krijgt deze ouder de brief op papier."),
    )  # fmt: skip


def _mailbox(question: Question) -> Words:
    return (
        _("Wie leest %(email)s?", **question.facts),
        _("Ouders in twee huishoudens geven hetzelfde adres op."),
        _("Zonder antwoord krijgen beide huizen hun brieven op dit adres."),
    )


def _alike(question: Question) -> Words:
    return (
        _("Zijn %(number)s en %(other)s dezelfde leerling?", **question.facts),
        _("%(number)s is %(name)s, %(other)s is %(other_name)s.", **question.facts),
        _("Zonder antwoord zijn het twee leerlingen."),
    )


def _zeros(question: Question) -> Words:
    return (
        ngettext(
            "Bij een leerling ontbreken nullen vooraan. Is het dezelfde?",
            "Bij %(num)s leerlingen ontbreken nullen vooraan. Zijn het dezelfde?",
            int(question.facts["count"]),
        ),
        _("Een rekenblad laat nullen vooraan soms weg."),
        _("Zonder antwoord zijn het andere leerlingen."),
    )


def _not_moved_up(question: Question) -> Words:
    one = question.facts["count"] == "1"
    return (
        _("Is %(names)s van school?", **question.facts) if one
        else _("Zijn deze %(count)s leerlingen van school?", **question.facts),
        _("Vorig jaar nog in %(class_name)s, en in geen van de bestanden.", **question.facts) if one
        else _("Zij waren er vorig jaar, en staan in geen van de bestanden: %(names)s.", **question.facts),
        _("Zonder antwoord doen zij dit jaar niet mee. Bij het volgende bestand vragen wij het weer."),
    )  # fmt: skip


def _same_guardian(question: Question) -> Words:
    return (
        _("Wie is %(name)s?", **question.facts),
        _("Deze ouder van leerling %(numbers)s staat in %(file)s, en lijkt op iemand die wij kennen.",
          **question.facts),
        _("Zonder antwoord is het iemand anders, en krijgt deze ouder een nieuwe link."),
    )  # fmt: skip


def _which_pupil(question: Question) -> Words:
    facts = {**question.facts, "file": question.place.file, "row": question.place.row}
    return (
        _("Welke %(name)s is het?", **facts),
        _("%(file)s, rij %(row)s: %(who)s is ouder van %(name)s. Zo heten meer leerlingen.", **facts) if facts["who"]
        else _("%(file)s, rij %(row)s: zo heten meer leerlingen.", **facts),
        _("Zonder antwoord slaan wij de rij over. Een geboortedatum of een nummer in het bestand helpt ook."),
    )  # fmt: skip


QUESTIONS: Mapping[Kind, Callable[[Question], Words]] = {
    Kind.DAMAGED_TEXT: _damaged,
    Kind.SEVERAL_ADDRESSES: _several,
    Kind.SHARED_MAILBOX: _mailbox,
    Kind.NUMBERS_ALIKE: _alike,
    Kind.ZEROS_LOST: _zeros,
    Kind.NOT_MOVED_UP: _not_moved_up,
    Kind.SAME_GUARDIAN: _same_guardian,
    Kind.WHICH_PUPIL: _which_pupil,
}
"""Per kind: the title, what is the matter, and what happens without an answer."""


@says(NoSuchChoice)
def _no_such_choice(_error: NoSuchChoice) -> str:
    return _("Dit antwoord hoort niet bij de vraag. Kies een van de mogelijkheden.")


@says(NoSuchFile)
def _no_such_file(_error: NoSuchFile) -> str:
    return _("Deze rij is er niet, of is hier niet te verbeteren. Verbeter haar in het bestand.")


@says(NoSuchList)
def _no_such_list(_error: NoSuchList) -> str:
    return _("Deze keuze past niet bij de lijst. Kies opnieuw.")


@says(ColumnsMissing)
def _columns_missing(error: ColumnsMissing) -> str:
    return _("Kies ook een kolom voor %(fields)s. Anders zegt deze lijst niets.", fields=_listed(error.fields))


@says(ColumnTwice)
def _column_twice(error: ColumnTwice) -> str:
    return _("U koos twee kolommen voor %(field)s. Kies er een.", field=column_name(error.name))


def _listed(fields: Sequence[str]) -> str:
    names = [column_name(field) for field in fields]
    return names[0] if len(names) == 1 else _("%(some)s en %(last)s", some=", ".join(names[:-1]), last=names[-1])
