"""School files in: choose, look, save."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import MultipleFileField, SelectField

from scheduling.domain.import_changes import Change, Difference, DraftGone, PreviewOutdated
from scheduling.domain.import_undo import BuiltOn, NothingToUndo
from scheduling.domain.imports import Problem, Severity
from scheduling.domain.timeslots import local
from scheduling.formats.process import read_uploads
from scheduling.formats.sheets import csv_sheet, xlsx_sheet
from scheduling.queries import imports as asking
from scheduling.queries import years
from scheduling.queries.import_rows import named_lists
from scheduling.services import import_undo, imports
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.security import takes_files
from scheduling.web.staff.office import pages
from scheduling.wording.changes import by_topic, change_text, most_changed, tell
from scheduling.wording.columns import counts_text, list_name
from scheduling.wording.import_questions import asked
from scheduling.wording.imports import problem_sentence
from scheduling.wording.refusals import sentence

SHOWN_AT_MOST = 200
"""So many lines of one kind stand on the page; the rest is in the downloaded list and in the counts."""

ALARMS = ("many_left", "many_moved", "talks_touched")
"""What nobody should read only after saving: it stands beside the button."""

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FilesForm(FlaskForm):
    """One or more school files, and the year they are about."""

    year = SelectField(_("Voor welk schooljaar?"))
    files = MultipleFileField(
        _("Kies de bestanden"),
        description=_("CSV, Excel, EDEXML, een agenda of een zip. U ziet eerst wat er zou veranderen."),
    )

    @classmethod
    def new(cls, *, chosen: str = "", filled: bool = False) -> "FilesForm":
        form = cls() if filled else cls(formdata=None)
        form.year.choices = [(year.label, year.label) for year in years.all_years()]
        if not filled:
            form.year.data = chosen
        return form


def _page(form: FilesForm | None = None, fault: str = "") -> str:
    in_use = years.year_in_use(local(now()).date())
    return render_template(
        "staff/office/imports.html", form=form or FilesForm.new(chosen=in_use.label if in_use else ""),
        drafts=asking.waiting_drafts(now=now()), done=request.args, fault=fault, named=named_lists(),
        list_name=list_name, last=asking.last_import(now=now()),
    )  # fmt: skip


def _gone(error: DraftGone, draft_id: int) -> ResponseReturnValue:
    return _page(fault=sentence(error)), 404


@pages.get("/imports", endpoint="imports")
def choose_files() -> str:
    """Choose files, or go on with what was chosen before."""
    return _page()


@pages.post("/imports")
@takes_files
def read_files() -> ResponseReturnValue:
    """Read the files in a process of their own, and show what they would change."""
    form = FilesForm.new(filled=True)
    chosen = [file for file in request.files.getlist("files") if file.filename]
    names = told_apart([file.filename or "" for file in chosen])
    uploads = [(name, file.read()) for name, file in zip(names, chosen, strict=True)]
    if not uploads:
        form.files.errors = [gettext("Kies eerst een of meer bestanden.")]
        return _page(form), 422
    if not form.validate():
        return _page(form), 422
    year = years.find_year(form.year.data)
    draft_id = imports.draft(year_id=year.id, files=read_uploads(uploads), by=g.actor, now=now())
    if before := request.form.get("instead_of", type=int):
        imports.drop(draft_id=before, by=g.actor, now=now())
    return redirect(url_for("office.draft", draft_id=draft_id), code=303)


def told_apart(names: Sequence[str]) -> list[str]:
    """The names of files; a name that comes again gets its number, so that a row can be found."""
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        path = PurePath(name)
        told.append(name if seen[name] == 1 else f"{path.stem} ({seen[name]}){path.suffix}")
    return told


def _preview(draft_id: int, note: str = "") -> str:
    shown = asking.preview(draft_id, now=now())
    errors = sum(len(group.problems) for group in shown.problems if group.severity is Severity.ERROR)
    found = tell(problem for group in shown.problems for problem in group.problems)
    warnings = sum(one.times for one in found if one.severity is Severity.WARNING)
    alarms = [problem_sentence(each) for group in shown.problems if group.code in ALARMS for each in group.problems]
    return render_template(
        "staff/office/draft.html", page=shown, errors_count=errors, warnings=warnings, note=note, told=by_topic(found),
        alarms=alarms,
        form=FilesForm.new(chosen=shown.year), at_most=SHOWN_AT_MOST, done=request.args.get("done", ""),
        questions=[(question, asked(question)) for question in shown.questions], list_name=list_name,
        counts_text=counts_text,
    )  # fmt: skip


def _look_again(error: PreviewOutdated, draft_id: int) -> ResponseReturnValue:
    imports.renew(draft_id=draft_id, by=g.actor, now=now())
    return _preview(draft_id, sentence(error)), 409


@pages.get("/imports/<int:draft_id>")
@answers(DraftGone, with_=_gone)
def draft(draft_id: int) -> str:
    """What saving would change, and what is the matter with the files."""
    return _preview(draft_id)


@pages.post("/imports/<int:draft_id>")
@answers(DraftGone, with_=_gone)
@answers(PreviewOutdated, with_=_look_again)
def save_draft(draft_id: int) -> ResponseReturnValue:
    """Save everything, or nothing."""
    outcome = imports.save(draft_id=draft_id, by=g.actor, now=now())
    if not outcome.saved:
        return redirect(url_for("office.draft", draft_id=draft_id), code=303)
    pupils = outcome.counts["pupils"]
    told = {"new": pupils["new"], "left": pupils["left"], "talks": outcome.talks}
    return redirect(url_for("office.imports", saved=1, **told), code=303)


def _built_on(error: BuiltOn | NothingToUndo, undo_id: int) -> ResponseReturnValue:
    return _page(fault=sentence(error)), 409 if isinstance(error, BuiltOn) else 404


@pages.post("/imports/undo/<int:undo_id>")
@answers(BuiltOn, with_=_built_on)
@answers(NothingToUndo, with_=_built_on)
def take_back(undo_id: int) -> ResponseReturnValue:
    """Make everything as it was before the last import."""
    import_undo.take_back(undo_id=undo_id, by=g.actor, now=now())
    return redirect(url_for("office.imports", undone=1), code=303)


@pages.post("/imports/<int:draft_id>/drop")
def drop_draft(draft_id: int) -> ResponseReturnValue:
    """Forget these files; nothing was saved."""
    imports.drop(draft_id=draft_id, by=g.actor, now=now())
    return redirect(url_for("office.imports", dropped=1), code=303)


@pages.get("/imports/<int:draft_id>/problems.xlsx")
@answers(DraftGone, with_=_gone)
def draft_problems(draft_id: int) -> Response:
    """The list of problems as a sheet, for whoever mends them in the school's own system."""
    sheet = xlsx_sheet(gettext("inlezen"), *_problem_rows(draft_id))
    return Response(sheet, mimetype=SHEET, headers={"Content-Disposition": "attachment; filename=inlezen.xlsx"})


@pages.get("/imports/<int:draft_id>/problems.csv")
@answers(DraftGone, with_=_gone)
def draft_problems_csv(draft_id: int) -> Response:
    """The same list as CSV."""
    header, rows = _problem_rows(draft_id)
    sheet = csv_sheet(header, rows)
    return Response(sheet, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=inlezen.csv"})


def _problem_rows(draft_id: int) -> tuple[list[str], list[tuple[object, ...]]]:
    shown = asking.preview(draft_id, now=now())
    header = [gettext("bestand"), gettext("rij"), gettext("kolom"), gettext("soort"), gettext("wat en hoe")]
    kinds = {Severity.ERROR: gettext("fout"), Severity.WARNING: gettext("let op")}
    return header, [
        (one.file, one.row or "", one.column, kinds[one.severity], problem_sentence(one))
        for group in shown.problems
        for one in group.problems
    ]


@pages.app_template_filter("change_text")
def _change_text(difference: Difference) -> str:
    return change_text(difference)


@pages.app_template_filter("most_changed")
def _most_changed(changes: Sequence[Change]) -> str:
    return most_changed(changes)


@pages.app_template_filter("problem_sentence")
def _problem_sentence(problem: Problem) -> str:
    return problem_sentence(problem)
