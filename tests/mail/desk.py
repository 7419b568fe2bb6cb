"""The small world on a day when no letter has been written yet."""

from scheduling.models import Mailing, Outbox, db
from tests.worlds import World, a_world


def a_world_without_letters(*, to_visit: bool = False) -> World:
    """Everybody and every talk; `to_visit`: its rows can still be read after the app context is gone."""
    if to_visit:
        db.session().expire_on_commit = False
    world = a_world()
    db.session.query(Outbox).delete()
    db.session.query(Mailing).delete()
    db.session.commit()
    if to_visit:
        db.session.expunge_all()
        db.session.remove()
    return world
