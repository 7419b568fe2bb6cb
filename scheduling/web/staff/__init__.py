"""The staff door: colleagues who signed in. Every page in this folder is guarded, sub-folders by role as well."""

import importlib
import pkgutil

from flask import Blueprint, Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import StaffRole
from scheduling.queries import people
from scheduling.web.clock import now
from scheduling.web.security import enter
from scheduling.web.staff.menu import menu

OPEN = {"staff.sign_in", "staff.sign_in_now", "staff.forgot", "staff.forgot_now", "staff.set_password",
        "staff.set_password_now"}  # fmt: skip
"""The pages of this door that are for people who are not in yet."""

pages = Blueprint("staff", __name__, url_prefix="/staff")


class Guest(UserMixin):
    """A colleague as Flask-Login wants to see one: known by the key of this visit."""

    def __init__(self, key: str, colleague: people.Colleague) -> None:
        self.key = key
        self.colleague = colleague

    def get_id(self) -> str:
        return self.key


def init_app(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # the visit itself is kept and ended on the server
    manager.user_loader(find_guest)
    packages = [importlib.import_module(f"{__name__}{name}") for name in ("", ".office", ".leader")]
    for package in packages:
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    for package in packages:  # a leader's page hangs on the office's door too: all pages first, then the doors
        app.register_blueprint(package.pages)
    app.context_processor(lambda: {"menu": menu(g.staff) if "staff" in g else ()})


def find_guest(key: str) -> Guest | None:
    colleague = people.colleague_of_visit(key, now())
    return Guest(key, colleague) if colleague else None


def enter_as(key: str) -> None:
    """A colleague comes in: a fresh visit on this device."""
    enter("fresh", key)
    session.pop("fresh")
    guest = find_guest(key)
    if guest is not None:
        login_user(guest)


@pages.before_request
def guard() -> ResponseReturnValue | None:
    if request.endpoint in OPEN:
        return None
    return signed_in()


def signed_in() -> ResponseReturnValue | None:
    """Sends a stranger to the sign-in page; puts a colleague in `g`."""
    if not current_user.is_authenticated:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("staff.sign_in", next=wanted), code=303)
    g.staff = current_user.colleague
    g.actor = Actor(ActorKind.STAFF, g.staff.id)
    return None


def ensure_role(*roles: StaffRole) -> None:
    """For anyone else this page is not there."""
    if not set(roles) & set(g.staff.roles):
        # Not one of our own refusals: those a page may answer itself, and a closed door answers nothing.
        abort(404)
