"""Colleagues: who may sign in and do what, inviting, leaving."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from scheduling.domain.errors import Invalid
from scheduling.domain.people import Name, StaffRole
from scheduling.domain.staff import EmailMissing, LastKeeper
from scheduling.domain.timeslots import local
from scheduling.queries import people, years
from scheduling.services import staff as keeping
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.year import DAY_FORMATS
from scheduling.wording.names import role_name
from scheduling.wording.sentences import at_start


class ColleagueForm(FlaskForm):
    """Who a colleague is."""

    given_name = StringField(_("Roepnaam"), validators=[Length(max=60)])
    prefix = StringField(_("Tussenvoegsel"), validators=[Length(max=20)])
    surname = StringField(_("Achternaam"), validators=[Length(max=80)])
    email = StringField(
        _("E-mailadres van school"), validators=[Length(max=254)], description=_("Daarmee logt deze collega in.")
    )

    @property
    def name(self) -> Name:
        parts = (self.given_name.data, self.prefix.data, self.surname.data)
        return Name(*(" ".join((part or "").split()) for part in parts))


class RolesForm(FlaskForm):
    roles = SelectMultipleField(_("Wat doet deze collega?"))

    @classmethod
    def new(cls, roles: tuple[StaffRole, ...] | None = None) -> "RolesForm":
        """The form as it was posted, or with these roles."""
        form = cls() if roles is None else cls(formdata=None)
        form.roles.choices = [(role.value, at_start(role_name(role))) for role in StaffRole]
        if roles is not None:
            form.roles.data = [role.value for role in roles]
        return form

    @property
    def chosen(self) -> list[StaffRole]:
        return [StaffRole(value) for value in self.roles.data or ()]


class NewColleagueForm(ColleagueForm):
    code = StringField(
        _("Code"),
        validators=[Length(max=40)],
        description=_("De afkorting die uw school gebruikt. Zij blijft altijd van deze collega."),
    )
    roles = SelectMultipleField(_("Wat doet deze collega?"))

    @classmethod
    def new(cls, *, filled: bool = True) -> "NewColleagueForm":
        form = cls() if filled else cls(formdata=None)
        form.roles.choices = [(role.value, at_start(role_name(role))) for role in StaffRole]
        return form


class LeaveForm(FlaskForm):
    on = DateField(
        _("Eerste dag dat deze collega er niet meer is"), format=DAY_FORMATS,
        validators=[InputRequired(_("Vul de dag in."))],
    )  # fmt: skip


def _year_id() -> int | None:
    year = years.year_in_use(local(now()).date())
    return year.id if year else None


def _new_page(form: NewColleagueForm) -> str:
    return render_template("staff/office/new_colleague.html", form=form)


def _bad_new(error: Invalid) -> ResponseReturnValue:
    return _new_page(faulted(NewColleagueForm.new(), error)), 422


def _page(staff_id: int, **forms: FlaskForm) -> str:
    colleague = people.the_colleague(staff_id, _year_id(), now=now())
    known = ColleagueForm(
        formdata=None, given_name=colleague.name.given, prefix=colleague.name.prefix, surname=colleague.name.surname,
        email=colleague.email,
    )  # fmt: skip
    shown = {
        "form": known,
        "roles_form": RolesForm.new(colleague.roles),
        "leave_form": LeaveForm(formdata=None),
    } | forms
    faults = next((form for form in shown.values() if form.errors), None)
    return render_template(
        "staff/office/colleague.html", colleague=colleague, today=local(now()).date(), faults=faults,
        done=request.args, **shown,
    )  # fmt: skip


def _bad_change(error: Invalid, staff_id: int) -> ResponseReturnValue:
    return _page(staff_id, form=faulted(ColleagueForm(), error)), 422


def _bad_roles(error: LastKeeper, staff_id: int) -> ResponseReturnValue:
    return _page(staff_id, roles_form=faulted(RolesForm.new(), error, "roles")), 409


def _bad_leave(error: LastKeeper, staff_id: int) -> ResponseReturnValue:
    return _page(staff_id, leave_form=faulted(LeaveForm(), error, "on")), 409


@pages.get("/staff")
def staff() -> str:
    """Everybody who works here."""
    today = local(now()).date()
    lines = people.all_staff(_year_id(), today=today)
    waiting = [line for line in lines if line.email and line.roles and not line.can_enter and not line.is_gone(today)]
    return render_template(
        "staff/office/staff.html", colleagues=lines, today=today, waiting=len(waiting), done=request.args
    )


@pages.post("/staff/invite")
def invite_all() -> ResponseReturnValue:
    """Invite everyone who has an address and a task but no password yet."""
    invited = keeping.invite_all(by=g.actor, now=now())
    return redirect(url_for("office.staff", invited=invited), code=303)


@pages.get("/staff/new")
def new_colleague() -> str:
    """A colleague who is not in the school's file."""
    return _new_page(NewColleagueForm.new(filled=False))


@pages.post("/staff/new")
@answers(Invalid, with_=_bad_new)
def add_colleague() -> ResponseReturnValue:
    """Add and invite."""
    form = NewColleagueForm.new()
    if not form.validate():
        return _new_page(form), 422
    roles = [StaffRole(value) for value in form.roles.data or ()]
    staff_id = keeping.add(
        code=form.code.data or "", name=form.name, email=form.email.data or "", roles=roles, by=g.actor, now=now()
    )
    return redirect(url_for("office.colleague", staff_id=staff_id, added=1), code=303)


@pages.get("/staff/<int:staff_id>")
def colleague(staff_id: int) -> str:
    """One colleague."""
    return _page(staff_id)


@pages.post("/staff/<int:staff_id>")
@answers(Invalid, with_=_bad_change)
def change_colleague(staff_id: int) -> ResponseReturnValue:
    """Keep name and address."""
    form = ColleagueForm()
    if not form.validate():
        return _page(staff_id, form=form), 422
    keeping.change(staff_id=staff_id, name=form.name, email=form.email.data or "", by=g.actor, now=now())
    return redirect(url_for("office.colleague", staff_id=staff_id, changed=1), code=303)


@pages.post("/staff/<int:staff_id>/roles")
@answers(LastKeeper, with_=_bad_roles)
def change_roles(staff_id: int) -> ResponseReturnValue:
    """What this colleague may do from now on."""
    form = RolesForm.new()
    if not form.validate():
        return _page(staff_id, roles_form=form), 422
    keeping.set_roles(staff_id=staff_id, roles=form.chosen, by=g.actor, now=now())
    return redirect(url_for("office.colleague", staff_id=staff_id, changed=1), code=303)


@pages.post("/staff/<int:staff_id>/invite")
@answers(EmailMissing, with_=_bad_change)
def invite_colleague(staff_id: int) -> ResponseReturnValue:
    """Send the letter with which to set a password."""
    keeping.invite(staff_id=staff_id, by=g.actor, now=now())
    return redirect(url_for("office.colleague", staff_id=staff_id, invited=1), code=303)


@pages.post("/staff/<int:staff_id>/leave")
@answers(LastKeeper, with_=_bad_leave)
def colleague_leaves(staff_id: int) -> ResponseReturnValue:
    """The last day is known."""
    form = LeaveForm()
    if not form.validate():
        return _page(staff_id, leave_form=form), 422
    keeping.leave(staff_id=staff_id, on=form.on.data, by=g.actor, now=now())
    return redirect(url_for("office.colleague", staff_id=staff_id, changed=1), code=303)


@pages.post("/staff/<int:staff_id>/come-back")
def colleague_comes_back(staff_id: int) -> ResponseReturnValue:
    """This colleague stays, or is here again."""
    keeping.come_back(staff_id=staff_id, by=g.actor, now=now())
    return redirect(url_for("office.colleague", staff_id=staff_id, changed=1), code=303)
