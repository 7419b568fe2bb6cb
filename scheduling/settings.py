"""Where the settings come from, and which of them are refused.

Environment first, then instance/config.py, then the default. Standard library only: `app.py` calls it.
"""

import os
import runpy
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SHORTEST_KEY = 32
DEVELOPMENT_KEY = "for development only: anyone can read this key"
YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}

TEXTS = {
    "DATABASE_URL": "",
    "SECRET_KEY": "",
    "BASE_URL": "",
    "DRIEHOEK_ENV": "production",
    "MAIL_SERVER": "localhost",
    "MAIL_USERNAME": "",
    "MAIL_PASSWORD": "",
    "MAIL_DEFAULT_SENDER": "",
    "TRUSTED_PROXIES": "0",
}
NUMBERS = {"MAIL_PORT": 25, "MAIL_PER_MINUTE": 0, "MAIL_PER_DAY": 0, "MAIL_CONNECTIONS": 1}
"""For MAIL_PER_MINUTE and MAIL_PER_DAY 0 means: no limit."""
SWITCHES = {"MAIL_USE_TLS": False, "MAIL_USE_SSL": False, "DEBUG": False}


class BadSetting(Exception):
    """A setting with which Driehoek does not start; the text says which, why, and how to mend it."""


def load(instance: Path, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All settings, checked. `given` (from tests and the demo) goes before the environment."""
    sources: list[Mapping[str, Any]] = [given or {}, os.environ, _from_file(instance / "config.py")]
    settings: dict[str, Any] = {key: str(_first(sources, key, default)) for key, default in TEXTS.items()}
    settings |= {key: _number(key, _first(sources, key, default)) for key, default in NUMBERS.items()}
    settings |= {key: _switch(key, _first(sources, key, default)) for key, default in SWITCHES.items()}
    settings |= {key: value for key, value in (given or {}).items() if key not in settings}
    settings["DATABASE_URL"] = settings["DATABASE_URL"] or f"sqlite:///{instance / 'driehoek.sqlite'}"
    _check(settings)
    return _as_flask(settings)


def _from_file(path: Path) -> dict[str, Any]:
    return runpy.run_path(str(path)) if path.is_file() else {}


def _first(sources: list[Mapping[str, Any]], key: str, default: Any) -> Any:
    return next((source[key] for source in sources if key in source), default)


def _number(key: str, value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{key} is {value!r}, but has to be a whole number.") from None


def _switch(key: str, value: Any) -> bool:
    word = str(value).strip().lower()
    if word in YES | NO:
        return word in YES
    raise BadSetting(f"{key} is {value!r}, but has to be 1 or 0 (or true or false).")


def _check(settings: dict[str, Any]) -> None:
    if settings["DRIEHOEK_ENV"] not in ("production", "development"):
        raise BadSetting("DRIEHOEK_ENV is neither production nor development.")
    if settings["MAIL_USE_TLS"] and settings["MAIL_USE_SSL"]:
        raise BadSetting("MAIL_USE_TLS and MAIL_USE_SSL are both on: choose STARTTLS (TLS) or implicit TLS (SSL).")
    if settings["DRIEHOEK_ENV"] == "development":
        settings["SECRET_KEY"] = settings["SECRET_KEY"] or DEVELOPMENT_KEY
        settings["BASE_URL"] = settings["BASE_URL"] or "http://127.0.0.1:8000"
    if not settings["SECRET_KEY"]:
        raise BadSetting("SECRET_KEY is missing. Make one: python -c 'import secrets; print(secrets.token_hex(32))'")
    if len(settings["SECRET_KEY"]) < SHORTEST_KEY:
        raise BadSetting(f"SECRET_KEY is too short: it needs at least {SHORTEST_KEY} characters.")
    if not settings["BASE_URL"]:
        raise BadSetting(
            "BASE_URL is missing: where parents reach Driehoek, for example https://ouders.school.example."
        )
    parts = urlsplit(settings["BASE_URL"])
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadSetting(f"BASE_URL is {settings['BASE_URL']!r}, but has to look like https://ouders.school.example.")
    if settings["DRIEHOEK_ENV"] == "production" and settings["DEBUG"]:
        raise BadSetting("DEBUG is on. Driehoek does not start in production with debug on.")


def _as_flask(settings: dict[str, Any]) -> dict[str, Any]:
    """The same settings under the names that Flask and its extensions read."""
    base = urlsplit(settings["BASE_URL"])
    secure = base.scheme == "https"
    sender = settings["MAIL_DEFAULT_SENDER"] or f"Driehoek <driehoek@{base.hostname}>"
    return settings | {
        "BASE_URL": settings["BASE_URL"].rstrip("/"),
        "MAIL_DEFAULT_SENDER": sender,
        "MAIL_SENDER_ADDRESS": parseaddr(sender)[1],
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE_URL"].replace("postgres://", "postgresql://", 1),
        "SESSION_COOKIE_NAME": "__Host-driehoek" if secure else "driehoek",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "MAX_CONTENT_LENGTH": settings.get("MAX_CONTENT_LENGTH", 40 * 1024 * 1024),
        "MAX_FORM_MEMORY_SIZE": settings.get("MAX_FORM_MEMORY_SIZE", 2 * 1024 * 1024),
        "TRUSTED_HOSTS": list({base.hostname, *(("127.0.0.1", "localhost") if not secure else ())}),
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "nl",
    }
