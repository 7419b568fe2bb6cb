"""A leader's own pages: every page in this folder is for leaders, about their own classes."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from scheduling.domain.people import StaffRole
from scheduling.web.staff import ensure_role, signed_in

pages = Blueprint("leader", __name__, url_prefix="/staff/leader")


@pages.before_request
def guard() -> ResponseReturnValue | None:
    stranger = signed_in()
    if stranger is None:
        ensure_role(StaffRole.LEADER)
    return stranger
