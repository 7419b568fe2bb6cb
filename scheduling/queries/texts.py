"""The school's own texts of a round: in which languages, and what one reader gets."""

from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from scheduling.domain.rounds import RoundUnknown
from scheduling.domain.texts import DUTCH, OwnText, PreparationLink, ReadText, text_for
from scheduling.models import Enrolment, Guardian, Guardianship, Pupil, Round, RoundClass, RoundLink, RoundText, db


@dataclass(frozen=True)
class Spoken:
    """A language that families of a round read: how many people, and whether the school wrote in it."""

    language: str
    readers: int
    written: bool


def texts_of(session: Session, found: Round) -> dict[str, OwnText]:
    """Language → what the school says in it about this round."""
    links: dict[str, list[PreparationLink]] = {}
    rows = select(RoundLink).where(RoundLink.round_id == found.id).order_by(RoundLink.language, RoundLink.position)
    for link in session.scalars(rows):
        links.setdefault(link.language, []).append(PreparationLink(link.title, link.address))
    paragraphs = {
        text.language: text.paragraph
        for text in session.scalars(select(RoundText).where(RoundText.round_id == found.id))
    } | {DUTCH: found.purpose}
    return {
        language: OwnText(paragraphs.get(language, ""), tuple(links.get(language, ())))
        for language in sorted(paragraphs.keys() | links.keys())
    }


def read_by(session: Session, found: Round, language: str) -> ReadText:
    """What somebody who reads this language gets in this round."""
    return text_for(language, texts_of(session, found))


def text_of_round(round_id: int, language: str) -> ReadText:
    """The same, for a page."""
    found = db.session.get(Round, round_id)
    return read_by(db.session(), found, language) if found else ReadText()


def own_texts(round_id: int) -> dict[str, OwnText]:
    """Everything the school wrote for a round, by language."""
    found = db.session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    return texts_of(db.session(), found)


def spoken_in(round_id: int) -> list[Spoken]:
    """The languages that the families of a round read: Dutch first, then what most people read."""
    written = own_texts(round_id)
    readers = {DUTCH: 0} | dict.fromkeys((language for language, text in written.items() if text), 0)
    for language, count in _readers(round_id):
        readers[language] = count
    return [
        Spoken(language, count, bool(written.get(language)))
        for language, count in sorted(readers.items(), key=lambda one: (one[0] != DUTCH, -one[1], one[0]))
    ]


def _readers(round_id: int) -> list[tuple[str, int]]:
    """How many guardians of the round's pupils read each language; a pupil who gets letters has a say too."""
    here = (
        select(Enrolment.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == round_id, Enrolment.present.is_(True))
    )
    guardians = (
        select(Guardian.id, Guardian.language)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.pupil_id.in_(here), Guardian.active.is_(True))
        .distinct()
    )
    pupils = select(-Pupil.id, Pupil.language).where(Pupil.id.in_(here), Pupil.email != "")
    counts: dict[str, int] = {}
    for _person, language in db.session.execute(union(guardians, pupils)):
        counts[language or DUTCH] = counts.get(language or DUTCH, 0) + 1
    return list(counts.items())
