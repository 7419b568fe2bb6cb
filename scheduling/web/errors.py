"""Every refusal becomes a page with one sentence, in one place. Views contain no try."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from scheduling.domain.errors import Invalid, NotFound, Refused, Unavailable
from scheduling.wording.refusals import sentence

HEARD_OUT_BYTES = 200_000_000
CHUNK_BYTES = 64 * 1024

View = TypeVar("View", bound=Callable[..., Any])
Answer = Callable[..., ResponseReturnValue]


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def answers(kind: type[Refused], *, with_: Answer) -> Callable[[View], View]:
    """Let a view name the page that one of its refusals returns to: `with_(error, **view_args)`.

    The lowest that fits answers: a refusal stands below what it is a kind of.
    """

    def remember(view: View) -> View:
        own: list[tuple[type[Refused], Answer]] = getattr(view, "answers", [])
        view.answers = [*own, (kind, with_)]  # type: ignore[attr-defined]
        return view

    return remember


def _refused(error: Refused) -> ResponseReturnValue:
    view = current_app.view_functions.get(request.endpoint or "")
    for kind, answer in getattr(view, "answers", []):
        if isinstance(error, kind):
            return answer(error, **(request.view_args or {}))
    return page(_status(error), sentence(error))


def _status(error: Refused) -> int:
    statuses = {NotFound: 404, Invalid: 422, Unavailable: 503}
    return next((status for kind, status in statuses.items() if isinstance(error, kind)), 409)


def page(status: int, text: str, *, reference: str = "") -> tuple[str, int]:
    """The page that says no: what is the matter, and who can help."""
    return render_template("refused.html", text=text, status=status, reference=reference), status


def unavailable(error: Exception) -> ResponseReturnValue:
    """The database does not answer: say so, and that nothing was saved."""
    return page(503, sentence(Unavailable()), reference=_reference(error))


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return page(
        403, _("Dit formulier is te oud. Er is niets veranderd. Open de pagina opnieuw en probeer het nog eens.")
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):
        return error  # asked under a host name that is not ours: there is no page to point to
    status = error.code or 500
    if status < 400:
        return error
    texts = {
        400: _("Deze vraag konden wij niet lezen. Er is niets veranderd."),
        404: _("Deze pagina is er niet, of hoort niet bij u."),
        405: _("Deze pagina is er niet, of hoort niet bij u."),
        413: _("Dit bestand is te groot. Het mag hoogstens 40 MB zijn."),
        429: _("U probeerde het vaak achter elkaar. Wacht een paar minuten en probeer het dan opnieuw."),
    }
    if status == 413:
        _hear_out()
    return page(404 if status == 405 else status, texts.get(status, texts[400]))


def _hear_out() -> None:
    """A browser shows our page only after it could send everything, so what it sends is taken in and dropped."""
    left = min(request.content_length or 0, HEARD_OUT_BYTES)
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, CHUNK_BYTES))):
        left -= len(chunk)


def _broken(error: Exception) -> ResponseReturnValue:
    if current_app.testing or current_app.debug:
        raise error
    reference = _reference(error)
    return page(500, _("Er ging bij ons iets mis. Wij kunnen het nazoeken met de code hieronder."), reference=reference)


def _reference(error: Exception) -> str:
    """A code that the visitor reads and the log knows."""
    reference = secrets.token_hex(4)
    current_app.logger.error("failed", exc_info=error, extra={"reference": reference})
    return reference
