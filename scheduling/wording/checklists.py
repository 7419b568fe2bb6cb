"""The checklist of parent contact in words: neutral ones, which a parent may read."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.checklists import (
    LONGEST_STEP,
    OWN,
    STEP,
    Answer,
    Asked,
    Item,
    ItemNeedsWords,
    Kind,
    ListUnreadable,
    Moment,
    NoRows,
    NotAnAnswer,
    NotInThisClass,
    PupilTwice,
    Reading,
    RowFault,
    RowsRefused,
    RowTooWide,
    StepTooLong,
)
from scheduling.wording.errors import says
from scheduling.wording.imports import problem_sentence


def item_name(item: Item) -> str:
    """The school's own words, else the usual ones."""
    return item.words or usual_name(item.key)


def usual_name(key: Asked) -> str:
    """Nothing for an item of the school's own."""
    return {
        Asked.TALK: _("Een ouder was bij een gesprek"),
        Asked.EVENING: _("Een ouder was bij een ouderavond of bijeenkomst"),
        Asked.EASY_PARENT: _("Ouders vinden mij makkelijk"),
        Asked.EASY_SELF: _("Ik vind ouders makkelijk, en wij werken samen"),
        Asked.BACKGROUND: _("Ik weet hoe het er thuis uitziet"),
        Asked.TRUST: _("Ik vertrouw op de begeleiding thuis"),
        Asked.OTHER_ADULT: _("Ik weet welke andere volwassene een rol speelt"),
    }.get(key, "")


def moment_name(moment: Moment) -> str:
    return _("voor de herfstvakantie") if moment is Moment.AUTUMN else _("na de kerstvakantie")


def kind_name(kind: Kind) -> str:
    return _("ja of nee") if kind is Kind.YES_NO else _("van nog niet tot goed")


def answer_name(kind: Kind, answer: str) -> str:
    """An answer in a word; nothing for what is open."""
    return any_answer_name(Answer(answer)) if answer in kind.answers else ""


def any_answer_name(answer: Answer) -> str:
    return {
        Answer.YES: _("ja"),
        Answer.NO: _("nee"),
        Answer.NOT_YET: _("nog niet"),
        Answer.A_LITTLE: _("een beetje"),
        Answer.FAIRLY: _("redelijk"),
        Answer.WELL: _("goed"),
    }[answer]


def asked_name(asked: Asked) -> str:
    """What is asked, in the usual words."""
    own = [item.key for item in OWN]
    if asked in own:
        return _("Eigen onderdeel %(number)s", number=own.index(asked) + 1)
    return step_title() if asked is STEP else usual_name(asked)


def step_title() -> str:
    return _("Eén volgende stap")


def reading(items: Sequence[Item], pupils: Mapping[str, int], names: Iterable[str]) -> Reading:
    """How the rows of a spreadsheet are read. `pupils`: by number; `names`: the titles of columns with a name."""
    titles = {item_name(item).casefold(): item.key for item in items} | {step_title().casefold(): STEP}
    answers = {
        item.key: {answer_name(item.kind, answer).casefold(): answer for answer in item.kind.answers} for item in items
    }
    return Reading(titles, answers, pupils, frozenset(name.casefold() for name in names))


@says(ItemNeedsWords)
def _needs_words(_error: ItemNeedsWords) -> str:
    return _("Schrijf wat dit onderdeel vraagt, of zet het uit.")


@says(RowFault)
def _row_fault(error: RowFault) -> str:
    return _("Rij %(row)s past niet in de lijst.", row=error.row)


@says(NotAnAnswer)
def _not_an_answer(error: NotAnAnswer) -> str:
    return _(
        "Rij %(row)s, %(column)s: “%(found)s” is geen antwoord van de lijst.",
        row=error.row, column=error.column, found=error.found,
    )  # fmt: skip


@says(NotInThisClass)
def _not_in_class(error: NotInThisClass) -> str:
    return _("Rij %(row)s: leerlingnummer %(found)s is niet van deze klas.", row=error.row, found=error.found or "–")


@says(PupilTwice)
def _pupil_twice(error: PupilTwice) -> str:
    return _("Rij %(row)s: leerlingnummer %(found)s staat er twee keer.", row=error.row, found=error.found)


@says(RowTooWide)
def _row_too_wide(error: RowTooWide) -> str:
    return _("Rij %(row)s heeft meer cellen dan er titels zijn.", row=error.row)


@says(StepTooLong)
def _step_too_long(error: StepTooLong) -> str:
    return _(
        "Rij %(row)s: de volgende stap past niet. Er is plaats voor %(most)s tekens.", row=error.row, most=LONGEST_STEP
    )


@says(RowsRefused)
def _rows_refused(error: RowsRefused) -> str:
    return ngettext(
        "Eén rij klopt nog niet. Er is niets bewaard.", "%(num)s rijen kloppen nog niet. Er is niets bewaard.",
        len({fault.row for fault in error.faults}),
    )  # fmt: skip


@says(ListUnreadable)
def _unreadable(error: ListUnreadable) -> str:
    return " ".join(problem_sentence(problem) for problem in error.problems)


@says(NoRows)
def _no_rows(_error: NoRows) -> str:
    return _(
        "Kies een bestand, of plak de rij met titels en daaronder de leerlingen. Vooraan staat het leerlingnummer."
    )
