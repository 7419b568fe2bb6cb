"""What was read is mended in the browser: a row, an answer, the meaning of columns."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.columns import ColumnsMissing, ColumnTwice, NoSuchFile, NoSuchList
from scheduling.domain.errors import Refused
from scheduling.domain.import_changes import DraftGone
from scheduling.formats.columns import NAMEABLE
from scheduling.queries import import_rows as asking
from scheduling.services import import_drafts as mending
from scheduling.web.clock import now
from scheduling.web.errors import answers, page
from scheduling.web.staff.office import pages
from scheduling.wording.columns import column_name, grouped_columns, list_name
from scheduling.wording.refusals import sentence

ROW = "/imports/<int:draft_id>/files/<int:file>/rows/<int:row>"
LIST = "/imports/<int:draft_id>/lists/<int:list_number>"
CELL = "cell-"
LONGEST_CELL = 1000


def _gone(error: Refused, **_args: int) -> ResponseReturnValue:
    return page(404, sentence(error))


def _back(draft_id: int, done: str, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for("office.draft", draft_id=draft_id, done=done, _anchor=anchor or None), code=303)


@pages.get(ROW)
@answers(DraftGone, with_=_gone)
@answers(NoSuchFile, with_=_gone)
def draft_row(draft_id: int, file: int, row: int) -> str:
    """A row of a file, to be mended: what is wrong first."""
    shown = asking.row_page(draft_id, file, row, now=now())
    return render_template("staff/office/draft_row.html", page=shown, done=request.args.get("done", ""))


@pages.post(ROW)
@answers(DraftGone, with_=_gone)
@answers(NoSuchFile, with_=_gone)
def mend_row(draft_id: int, file: int, row: int) -> ResponseReturnValue:
    """Read the row as it is written now; then the next row with an error, or back."""
    cells = {
        int(name.removeprefix(CELL)): text[:LONGEST_CELL]
        for name, text in request.form.items()
        if name.startswith(CELL) and name.removeprefix(CELL).isdecimal()
    }
    mending.mend_row(draft_id=draft_id, file=file, row=row, cells=cells, by=g.actor, now=now())
    return _onwards(draft_id, file, row, "mended")


@pages.post(f"{ROW}/leave-out")
@answers(DraftGone, with_=_gone)
@answers(NoSuchFile, with_=_gone)
def leave_out_row(draft_id: int, file: int, row: int) -> ResponseReturnValue:
    """Leave the row out on purpose."""
    mending.leave_out_row(draft_id=draft_id, file=file, row=row, by=g.actor, now=now())
    return _onwards(draft_id, file, row, "left_out")


@pages.post(f"{ROW}/restore")
@answers(DraftGone, with_=_gone)
@answers(NoSuchFile, with_=_gone)
def restore_row(draft_id: int, file: int, row: int) -> ResponseReturnValue:
    """Take the row again as it stood in the file."""
    mending.restore_row(draft_id=draft_id, file=file, row=row, by=g.actor, now=now())
    return redirect(url_for("office.draft_row", draft_id=draft_id, file=file, row=row, done="restored"), code=303)


@pages.post("/imports/<int:draft_id>/files/<int:file>/leave-out")
@answers(DraftGone, with_=_gone)
@answers(NoSuchFile, with_=_gone)
def leave_out_file(draft_id: int, file: int) -> ResponseReturnValue:
    """Go on without a file that was chosen by mistake."""
    mending.leave_out_file(draft_id=draft_id, file=file, by=g.actor, now=now())
    return _back(draft_id, "without_file")


@pages.post("/imports/<int:draft_id>/answers")
@answers(DraftGone, with_=_gone)
def answer_questions(draft_id: int) -> ResponseReturnValue:
    """Keep the answers with the files; they can be changed until everything is saved."""
    given = {key: choice for key, choice in request.form.items() if key != "csrf_token"}
    mending.answer(draft_id=draft_id, answers=given, by=g.actor, now=now())
    return _back(draft_id, "answered", "vragen")


@pages.get(LIST)
@answers(DraftGone, with_=_gone)
@answers(NoSuchFile, with_=_gone)
@answers(NoSuchList, with_=_gone)
def draft_columns(draft_id: int, list_number: int) -> str:
    """A list that we do not know: what kind is it, and what do its columns mean?"""
    shown = asking.columns_page(draft_id, list_number, now=now(), layout=request.args.get("kind", ""))
    return _columns(shown)


@pages.post(LIST)
@answers(DraftGone, with_=_gone)
@answers(NoSuchFile, with_=_gone)
@answers(NoSuchList, with_=_gone)
@answers(ColumnsMissing, with_=lambda error, **args: _columns_again(error, **args))
@answers(ColumnTwice, with_=lambda error, **args: _columns_again(error, **args))
def name_columns(draft_id: int, list_number: int) -> ResponseReturnValue:
    """Read the list by these names, now and the next time."""
    mending.name_columns(
        draft_id=draft_id, file=list_number, layout=request.form.get("kind", ""), fields=_chosen(), by=g.actor,
        now=now(),
    )  # fmt: skip
    return _back(draft_id, "named")


@pages.post("/imports/lists/<int:mapping_id>/forget")
def forget_columns(mapping_id: int) -> ResponseReturnValue:
    """A list with these columns is unknown again."""
    mending.forget_columns(mapping_id=mapping_id, by=g.actor, now=now())
    return redirect(url_for("office.imports", forgotten=1), code=303)


def _chosen() -> dict[int, str]:
    return {
        int(name.removeprefix(CELL)): field
        for name, field in request.form.items()
        if name.startswith(CELL) and name.removeprefix(CELL).isdecimal() and field
    }


def _columns(shown: asking.ColumnsPage, fault: str = "") -> str:
    kinds = [(kind, list_name(kind)) for kind in NAMEABLE]
    return render_template(
        "staff/office/draft_columns.html", page=shown, fault=fault, kinds=kinds,
        groups=grouped_columns(shown.fields), needed=[column_name(field) for field in shown.needed],
        kind=list_name(shown.layout),
    )  # fmt: skip


def _columns_again(error: Refused, draft_id: int, list_number: int) -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    shown = asking.columns_page(draft_id, list_number, now=now(), layout=kind, chosen=_chosen())
    return _columns(shown, sentence(error)), 422


def _onwards(draft_id: int, file: int, row: int, done: str) -> ResponseReturnValue:
    """The row itself while it has an error, else the next one that has, else the preview."""
    shown = asking.row_page(draft_id, file, row, now=now())
    if (file, row) in shown.wrong:
        return redirect(url_for("office.draft_row", draft_id=draft_id, file=file, row=row, done="still"), code=303)
    if shown.next:
        later, number = shown.next
        return redirect(url_for("office.draft_row", draft_id=draft_id, file=later, row=number, done=done), code=303)
    return _back(draft_id, done)
