"""The school's own texts of a round: written per language, and refused while they compel or are unfinished."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from scheduling.domain.journal import Actor
from scheduling.domain.rounds import RoundUnknown
from scheduling.domain.texts import DUTCH, LanguageUnknown, OwnText, ensure_own_text
from scheduling.models import Round, RoundLink, RoundText
from scheduling.queries.texts import spoken_in
from scheduling.services.journal import record
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import transaction


def write(
    *, round_id: int, language: str, paragraph: str, links: Sequence[tuple[str, str]], by: Actor, now: datetime
) -> OwnText:
    """From now on letters and pages say this to who reads this language; empty parts fall back to Dutch."""
    with transaction() as session:
        hold_round(session, round_id)
        found = session.get(Round, round_id)
        if found is None:
            raise RoundUnknown(str(round_id))
        if language not in {one.language for one in spoken_in(round_id)}:
            raise LanguageUnknown
        text = ensure_own_text(paragraph=paragraph, links=links, language=language)
        if language == DUTCH:
            found.purpose = text.paragraph
        else:
            session.execute(delete(RoundText).where(RoundText.round_id == round_id, RoundText.language == language))
            if text.paragraph:
                session.add(RoundText(round_id=round_id, language=language, paragraph=text.paragraph))
        session.execute(delete(RoundLink).where(RoundLink.round_id == round_id, RoundLink.language == language))
        for position, link in enumerate(text.links, start=1):
            session.add(
                RoundLink(
                    round_id=round_id, language=language, position=position, title=link.title, address=link.address
                )
            )
        record(
            session, by=by, action="texts.write", subject="round", subject_id=round_id, now=now, language=language,
            links=len(text.links),
        )  # fmt: skip
        return text
