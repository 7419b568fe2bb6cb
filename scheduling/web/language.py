"""In which language a page speaks: what the visitor chose, else the person's own, else the browser's, else Dutch."""

from flask import Blueprint, Flask, g, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale

LANGUAGES = {"nl": "Nederlands", "en": "English"}
RIGHT_TO_LEFT = {"ar", "fa", "he"}

pages = Blueprint("language", __name__)


def init_app(app: Flask) -> None:
    Babel(app, default_translation_directories="scheduling/translations", locale_selector=choose)
    app.register_blueprint(pages)
    app.context_processor(_facts)


def choose() -> str:
    if not has_request_context():
        return "nl"
    wanted = session.get("language") or g.get("language")
    return wanted if wanted in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "nl")


@pages.post("/language")
def change() -> ResponseReturnValue:
    """Read on in another language."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
    return redirect(own_path(request.form.get("next")), code=303)


def own_path(wanted: str | None, default: str = "/") -> str:
    """Only a path of our own: never another site, however it is spelled."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return default
    return default if any(ord(letter) < 33 or letter == "\\" for letter in wanted) else wanted


def _facts() -> dict[str, object]:
    language = str(getattr(get_locale(), "language", "nl"))
    return {
        "languages": LANGUAGES,
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
    }
