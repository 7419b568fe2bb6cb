"""The office's pages: every page in this folder is for office and director only."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from scheduling.domain.people import StaffRole
from scheduling.web.staff import ensure_role, signed_in

pages = Blueprint("office", __name__, url_prefix="/staff/office")


@pages.before_request
def guard() -> ResponseReturnValue | None:
    stranger = signed_in()
    if stranger is None:
        ensure_role(StaffRole.OFFICE, StaffRole.DIRECTOR)
    return stranger
