"""What every answer carries, who is in, and from where a question came."""

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

PERSONAL = "no-store"
A_YEAR = 31_536_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    ),
    # Not no-referrer: Flask-WTF refuses an HTTPS POST without a referrer. The origin alone gives no path away.
    "Referrer-Policy": "strict-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex, nofollow",
}

FORM_BYTES = 2 * 1024 * 1024
"""What a form without files may hold; a form with files may hold MAX_CONTENT_LENGTH."""

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    app.before_request(_bound_form)  # before the CSRF check, which is the first to read what was sent
    csrf.init_app(app)
    hops = int(app.config["TRUSTED_PROXIES"])
    if hops:
        # Flask's own type for wsgi_app is a method; replacing it is the documented way to add middleware.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.before_request(_start_clock)
    app.after_request(_secure)
    app.after_request(_log)


def takes_files(view: View) -> View:
    """This view takes files; every other form is small, whoever sends it."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def enter(name: str, key: str) -> None:
    """Begin a visit on this device: nothing of an earlier visit, not even its CSRF token, lives on."""
    language = session.get("language")
    session.clear()
    session[name] = key
    if language:
        session["language"] = language


def leave() -> None:
    """End the visit on this device."""
    session.clear()


def origin() -> str:
    """Where a question came from, as a keyed hash: enough to count, too little to know."""
    return keyed(request.remote_addr or "")[:32]


def keyed(text: str) -> str:
    """A hash that nobody makes again without the key of this house, which is not in its database."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _bound_form() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "takes_files", False):
        request.max_content_length = min(FORM_BYTES, current_app.config["MAX_CONTENT_LENGTH"])


def _start_clock() -> None:
    g.started = time.perf_counter()


def _secure(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}; includeSubDomains")
    if request.endpoint == "static":
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR if 'v' in request.args else 3600}"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = PERSONAL
    return response


def _log(response: Response) -> Response:
    facts: dict[str, Any] = {
        "endpoint": request.endpoint or "none",
        "method": request.method,
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - g.started) * 1000, 1) if "started" in g else None,
    }
    if request.endpoint not in ("static", "health"):
        current_app.logger.info("request", extra=facts)
    return response
