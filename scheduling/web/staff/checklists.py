"""The checklist of parent contact: each mentor's own, seen by nobody else; the office decides what is in it."""

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, StringField, TextAreaField

from scheduling.domain.checklists import OWN, Item, Kind, Moment, RowsRefused, as_pasted, pasted, rows_of
from scheduling.domain.errors import Invalid
from scheduling.domain.kept_tables import KeptTable
from scheduling.domain.people import StaffRole
from scheduling.formats.sheets import Sheet
from scheduling.queries import checklists as asking
from scheduling.queries.checklists import ClassList
from scheduling.queries.leaders import classes_of, year_at
from scheduling.services import checklists
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.security import takes_files
from scheduling.web.staff import ensure_role, pages
from scheduling.web.staff.lists import file_of, name_cells, name_titles
from scheduling.wording import checklists as words
from scheduling.wording.refusals import sentence

OFFICE = (StaffRole.OFFICE, StaffRole.DIRECTOR)


class PupilForm(FlaskForm):
    """The one next step; the answers are read by item."""

    step = StringField(_l("Eén volgende stap"), description=_l("Kort en neutraal: een ouder mag dit lezen."))


class RowsForm(FlaskForm):
    """Rows of a spreadsheet: its file, or what was copied from it."""

    file = FileField(_l("Ingevulde lijst"), description=_l("CSV of Excel. U ziet eerst wat er zou veranderen."))
    rows = TextAreaField(_l("Of plak hier de rijen, met de titels erboven"))


def _step_unclear(error: Invalid, class_id: int, pupil_id: int) -> ResponseReturnValue:
    return _pupil(class_id, pupil_id, faulted(PupilForm(), error)), 422


def _rows_unclear(error: Invalid, class_id: int) -> ResponseReturnValue:
    form = faulted(RowsForm(), error)
    if isinstance(error, RowsRefused):
        form.rows.errors = [*form.rows.errors, *map(sentence, error.faults)]
        if error.table is not None:  # to mend it here, also when it came as a file
            form.rows.data = as_pasted(error.table)
    return _class(class_id, form), 422


def _items_unclear(error: Invalid) -> ResponseReturnValue:
    return _items(_posted_items(), sentence(error), error.field or ""), 422


@pages.get("/checklist")
def checklist() -> ResponseReturnValue:
    """The own classes."""
    ensure_role(StaffRole.LEADER)
    own = classes_of(g.staff.id, year_at(now()).id)
    if len(own) == 1:
        return redirect(url_for("staff.checklist_class", class_id=own[0][0]), code=303)
    return render_template("staff/checklists.html", classes=own)


@pages.get("/checklist/<int:class_id>")
def checklist_class(class_id: int) -> str:
    """Every pupil of the class by name: how far it is, what is another answer now, and the next step."""
    return _class(class_id, RowsForm(formdata=None))


@pages.get("/checklist/<int:class_id>/<any(csv, xlsx):form>")
def checklist_file(class_id: int, form: str) -> Response:
    """The list as a spreadsheet: to keep, or to fill in and bring back."""
    found, moment = _found(class_id)
    header = (
        _("Leerlingnummer"), *name_titles(), *(words.item_name(item) for item in found.items), words.step_title()
    )  # fmt: skip
    rows = [
        (row.number, *name_cells(row.name),
         *(words.answer_name(item.kind, row.value(moment, item.key)) for item in found.items), row.steps[moment])
        for row in found.rows
    ]  # fmt: skip
    return file_of([Sheet(_("Checklist oudercontact"), header, rows)], form)


@pages.post("/checklist/<int:class_id>/rows")
@answers(Invalid, with_=_rows_unclear)
@takes_files
def fill_in_checklist(class_id: int) -> ResponseReturnValue:
    """The filled-in rows come back: first to look at, then all of them or none."""
    found, moment = _found(class_id)
    table = _table()
    pupils = {row.number: row.pupil_id for row in found.rows}
    read = rows_of(table, words.reading(found.items, pupils, name_titles()))
    if "sure" in request.form:
        checklists.fill_in(class_id=class_id, moment=moment, rows=read.rows, by=g.actor, now=now())
        where = url_for("staff.checklist_class", class_id=class_id, moment=moment.value, done="filled")
        return redirect(where, code=303)
    looked = [(found.row(row.pupil_id), found.row(row.pupil_id).differences(moment, row)) for row in read.rows]
    return render_template(
        "staff/checklist_rows.html", found=found, moment=moment, words=words, unread=read.unread,
        items={item.key: item for item in found.items}, text=as_pasted(table),
        changing=[one for one in looked if one[1]], same=sum(not changes for _row, changes in looked),
    )  # fmt: skip


@pages.get("/checklist/<int:class_id>/<int:pupil_id>")
def checklist_pupil(class_id: int, pupil_id: int) -> str:
    """One pupil: what stood, and what it is now."""
    return _pupil(class_id, pupil_id)


@pages.post("/checklist/<int:class_id>/<int:pupil_id>")
@answers(Invalid, with_=_step_unclear)
def write_checklist(class_id: int, pupil_id: int) -> ResponseReturnValue:
    """Keep it, and on to the next pupil."""
    found, moment = _found(class_id)
    said = {item.key: request.form.get(item.key, "") for item in found.items}
    checklists.write(
        class_id=class_id, pupil_id=pupil_id, moment=moment, answers=said, step=PupilForm().step.data or "",
        by=g.actor, now=now(),
    )  # fmt: skip
    order = [row.pupil_id for row in found.rows]
    after = order[order.index(pupil_id) + 1 :]
    if after and request.form.get("then") == "next":
        where = url_for("staff.checklist_pupil", class_id=class_id, pupil_id=after[0], moment=moment.value)
        return redirect(where, code=303)
    return redirect(url_for("staff.checklist_class", class_id=class_id, moment=moment.value, done="kept"), code=303)


@pages.get("/checklist/items")
def checklist_items() -> str:
    """What the list of this school asks, for the office."""
    ensure_role(*OFFICE)
    return _items(asking.every_item())


@pages.post("/checklist/items")
@answers(Invalid, with_=_items_unclear)
def change_checklist_items() -> ResponseReturnValue:
    ensure_role(*OFFICE)
    checklists.change_items(items=_posted_items(), by=g.actor, now=now())
    return redirect(url_for("staff.checklist_items", done="kept"), code=303)


def _found(class_id: int) -> tuple[ClassList, Moment]:
    """The own list of a class that this colleague leads, and which of the two moments is looked at."""
    ensure_role(StaffRole.LEADER)
    found = asking.class_list(class_id, g.staff.id, now())
    wanted = request.args.get("moment", "")
    return found, Moment(wanted) if wanted in list(Moment) else found.at_hand


def _table() -> KeptTable:
    """What was chosen as a file, else what was pasted."""
    file = request.files.get("file")
    if file and file.filename:
        return checklists.read_uploaded(file.filename, file.read())
    return pasted(RowsForm().rows.data or "")


def _class(class_id: int, rows: FlaskForm) -> str:
    found, moment = _found(class_id)
    return render_template(
        "staff/checklist_class.html", found=found, moment=moment, moments=list(Moment), words=words, form=rows,
        done=request.args.get("done", ""),
    )  # fmt: skip


def _pupil(class_id: int, pupil_id: int, form: FlaskForm | None = None) -> str:
    found, moment = _found(class_id)
    row = found.row(pupil_id)
    before = Moment.AUTUMN if moment is Moment.WINTER else None
    typed = form is not None
    said = {item.key: request.form.get(item.key, "") if typed else row.value(moment, item.key) for item in found.items}
    return render_template(
        "staff/checklist_pupil.html", found=found, moment=moment, row=row, before=before, said=said, words=words,
        form=form or PupilForm(formdata=None, data={"step": row.steps[moment]}),
    )  # fmt: skip


def _posted_items() -> list[Item]:
    own = {item.key for item in OWN}
    return [
        Item(
            item.key,
            Kind(request.form[f"kind_{item.key}"])
            if item.key in own and request.form.get(f"kind_{item.key}") in list(Kind)
            else item.kind,
            f"on_{item.key}" in request.form,
            request.form.get(f"words_{item.key}", ""),
        )
        for item in asking.every_item()
    ]


def _items(items: tuple[Item, ...] | list[Item], fault: str = "", at: str = "") -> str:
    return render_template(
        "staff/checklist_items.html", items=items, own={item.key for item in OWN}, words=words, kinds=list(Kind),
        fault=fault, at=at, done=request.args.get("done", ""),
    )  # fmt: skip
