"""The day of the talks: the welcome desk, what hangs on doors and walls, and the screens in the hall."""

from datetime import date

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from scheduling.domain.errors import Invalid
from scheduling.domain.on_the_day import ShownAs
from scheduling.domain.timeslots import local
from scheduling.queries import on_the_day as asking
from scheduling.services import on_the_day
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.wording import on_the_day as words


class ScreenForm(FlaskForm):
    """A new screen for the hall."""

    name = StringField(_("Naam van het scherm"), description=_("Bijvoorbeeld: gang beneden."))
    shown_as = RadioField(_("Hoe noemt het scherm een gezin?"))
    until = DateField(
        _("Werkt tot en met"), format=["%Y-%m-%d", "%d-%m-%Y"], validators=[InputRequired(_("Kies een dag."))]
    )
    rooms = SelectMultipleField(_("Welke lokalen?"), description=_("Kiest u niets, dan staan alle lokalen erop."))

    def fit(self) -> "ScreenForm":
        self.shown_as.choices = [(one.value, words.shown_as_name(one)) for one in ShownAs]
        self.rooms.choices = [(room, room) for room in asking.room_names()]
        return self


def _day() -> date:
    """The day that was asked for, else today, else the first day with talks."""
    try:
        return date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        days = asking.days_with_talks(now())
        today = local(now()).date()
        return today if today in days or not days else days[0]


def _shown_as() -> ShownAs:
    wanted = request.args.get("as", "")
    return ShownAs(wanted) if wanted in set(ShownAs) else ShownAs.FIRST_NAMES


@pages.get("/days")
def welcome() -> str:
    """The welcome desk: all talks of a day by time, with a tick for who is here."""
    chosen = _day()
    return render_template(
        "staff/office/welcome.html",
        day=chosen,
        days=asking.days_with_talks(now()),
        is_today=chosen == local(now()).date(),
        talks=asking.talks_on(chosen),
    )


@pages.post("/days/talks/<int:booking_id>/here")
def note_arrival(booking_id: int) -> ResponseReturnValue:
    """They are here."""
    on_the_day.arrive(booking_id=booking_id, by=g.actor, now=now())
    return redirect(url_for("office.welcome", _anchor=f"t{booking_id}"), code=303)


@pages.post("/days/talks/<int:booking_id>/not-here")
def take_back_arrival(booking_id: int) -> ResponseReturnValue:
    """Noted by mistake."""
    on_the_day.not_here(booking_id=booking_id, by=g.actor, now=now())
    return redirect(url_for("office.welcome", _anchor=f"t{booking_id}"), code=303)


@pages.get("/days/doors")
def doors() -> str:
    """A sheet for each door: only times, and a first name or a code."""
    chosen = _day()
    return render_template(
        "print/doors.html", day=chosen, days=asking.days_with_talks(now()), doors=asking.doors_on(chosen),
        shown_as=_shown_as(), kinds=ShownAs, shown_as_name=words.shown_as_name,
    )  # fmt: skip


@pages.get("/days/signs")
def signs() -> str:
    """Where which colleague is, by floor: to hang on the walls."""
    chosen = _day()
    return render_template(
        "print/signs.html", day=chosen, days=asking.days_with_talks(now()), doors=asking.doors_on(chosen)
    )


def _screens(form: ScreenForm | None = None, address: str = "") -> str:
    form = form or ScreenForm(data={"shown_as": ShownAs.FIRST_NAMES.value, "until": _day()}).fit()
    found = asking.screens(now())
    return render_template(
        "staff/office/screens.html", form=form, screens=found, address=address, shown_as_name=words.shown_as_name
    )


def _screen_refused(error: Invalid) -> ResponseReturnValue:
    return _screens(faulted(ScreenForm().fit(), error)), 422


@pages.get("/screens")
def screens() -> str:
    """The screens in the hall."""
    return _screens()


@pages.post("/screens")
@answers(Invalid, with_=_screen_refused)
def hang_screen() -> ResponseReturnValue:
    """A new one; its address is told once, here."""
    form = ScreenForm().fit()
    if not form.validate_on_submit():
        return _screens(form), 422
    token = on_the_day.hang_screen(
        name=form.name.data or "", shown_as=ShownAs(form.shown_as.data), rooms=form.rooms.data or (),
        until=form.until.data, by=g.actor, now=now(),
    )  # fmt: skip
    return _screens(
        ScreenForm(formdata=None, data={"shown_as": ShownAs.FIRST_NAMES.value, "until": form.until.data}).fit(),
        current_app.config["BASE_URL"].rstrip("/") + url_for("screens.show", token=token),
    )


@pages.post("/screens/<int:screen_id>/stop")
def take_down_screen(screen_id: int) -> ResponseReturnValue:
    """It shows nothing any more."""
    on_the_day.take_down_screen(screen_id=screen_id, by=g.actor, now=now())
    return redirect(url_for("office.screens", done="stopped"), code=303)
