"""Letters to a round: who gets what, sending it once, and looking after what did not arrive."""

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from scheduling.domain.errors import Refused
from scheduling.domain.mailings import GOOD_NOTICE, Letter
from scheduling.domain.staff import EmailBroken
from scheduling.domain.timeslots import local
from scheduling.mail.delivery import sheet_of, way_of
from scheduling.queries import letters, mailings
from scheduling.services import mailings as sending
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.codes import own_page_code
from scheduling.web.staff.office import pages
from scheduling.wording.kinds import kind_name
from scheduling.wording.mailings import late_sentence, letter_name, skip_reason, what_happened

BATCH = "/mailings/<int:round_id>/<any(wishes,invitation,reminder):letter>"
ONE = "/mailings/letter/<int:outbox_id>"
WORDS = {"letter_name": letter_name, "skip_reason": skip_reason, "what_happened": what_happened}


class AddressForm(FlaskForm):
    address = StringField(
        lazy_gettext("Nieuw mailadres"), validators=[Length(max=254)],
        description=lazy_gettext("Wij sturen alles wat is teruggekomen meteen naar dit adres."),
    )  # fmt: skip


@pages.get("/mailings", endpoint="mailings")
def index() -> ResponseReturnValue:
    """Every round with its letters, and every letter that needs somebody."""
    return render_template(
        "staff/office/mailings.html",
        rounds=mailings.rounds_with_letters(),
        needs=mailings.needs_somebody(),
        relay=mailings.relay_state(now()),
        done=request.args.get("done", ""),
        **WORDS,
    )


@pages.get(BATCH, endpoint="mailing")
def show(round_id: int, letter: str) -> ResponseReturnValue:
    """One batch: before it leaves who gets what and why, afterwards how far it is."""
    batch = mailings.preview(round_id, Letter(letter), now())
    first = batch.plan.first_talk_at
    return render_template(
        "staff/office/mailing.html",
        batch=batch,
        needs=[one for one in mailings.needs_somebody() if one.letter is batch.letter],
        relay=mailings.relay_state(now()),
        minutes=way_of(current_app).limits.minutes_for(len(batch.plan.waiting) or batch.progress.waiting),
        days=(local(first).date() - local(now()).date()).days if first else None,
        late=late_sentence(first) if first and first - now() < GOOD_NOTICE else "",
        done=request.args.get("done", ""),
        **WORDS,
    )


@pages.get(f"{BATCH}/people", endpoint="mailing_people")
def people(round_id: int, letter: str) -> ResponseReturnValue:
    """Everybody of a batch by name: gets it, got it, or not and why."""
    batch = mailings.preview(round_id, Letter(letter), now())
    results = mailings.results_of(batch.mailing_id) if batch.mailing_id else []
    return render_template("staff/office/mailing_people.html", batch=batch, results=results, **WORDS)


@pages.get(f"{BATCH}/text", endpoint="mailing_text")
def text(round_id: int, letter: str) -> ResponseReturnValue:
    """The letter as the first family will read it."""
    facts = letters.example_letter(round_id, Letter(letter), now())
    sheet = sheet_of(facts, way_of(current_app))
    return render_template(
        "staff/office/mailing_text.html", round_id=round_id, letter=Letter(letter), sheet=sheet, **WORDS
    )


@pages.post(f"{BATCH}/send", endpoint="mailing_send")
def send(round_id: int, letter: str) -> ResponseReturnValue:
    """Send it to whom it has not gone yet."""
    sending.send(round_id=round_id, letter=Letter(letter), by=g.actor, now=now())
    return redirect(url_for("office.mailing", round_id=round_id, letter=letter, done="sent"), code=303)


@pages.post(f"{BATCH}/trial", endpoint="mailing_trial")
def trial(round_id: int, letter: str) -> ResponseReturnValue:
    """A trial to the one who asks."""
    sending.try_out(round_id=round_id, letter=Letter(letter), staff_id=g.staff.id, by=g.actor, now=now())
    return redirect(url_for("office.mailing", round_id=round_id, letter=letter, done="trial"), code=303)


@pages.post(f"{BATCH}/hold", endpoint="mailing_hold")
def hold(round_id: int, letter: str) -> ResponseReturnValue:
    """Keep the rest in the house."""
    sending.hold(round_id=round_id, letter=Letter(letter), by=g.actor, now=now())
    return redirect(url_for("office.mailing", round_id=round_id, letter=letter, done="held"), code=303)


@pages.post(f"{BATCH}/go-on", endpoint="mailing_go_on")
def go_on(round_id: int, letter: str) -> ResponseReturnValue:
    """Let the rest leave."""
    sending.go_on(round_id=round_id, letter=Letter(letter), by=g.actor, now=now())
    return redirect(url_for("office.mailing", round_id=round_id, letter=letter, done="going"), code=303)


@pages.post("/mailings/<int:round_id>/paper", endpoint="mailing_paper")
def paper(round_id: int) -> ResponseReturnValue:
    """The letters on paper. They are the answer itself: their codes are shown once and kept nowhere."""
    printed = sending.print_out(round_id=round_id, by=g.actor, now=now())
    sheets = [
        (
            letters.paper_letter(one.recipient, round_id, now()),
            one.recipient,
            f"{current_app.config['BASE_URL']}/g/{one.token}",
        )
        for one in printed
    ]
    return render_template(
        "print/letters.html", sheets=sheets, round_id=round_id, code=own_page_code, kind_name=kind_name, today=now()
    )


@pages.post("/mailings/relay/open", endpoint="relay_open")
def open_relay() -> ResponseReturnValue:
    """The settings have been mended."""
    sending.open_relay(by=g.actor, now=now())
    return redirect(url_for("office.mailings", done="open"), code=303)


@pages.get(ONE, endpoint="mailing_letter")
def one_letter(outbox_id: int) -> ResponseReturnValue:
    """One letter that did not arrive: another address, again, or leave it."""
    return _letter_page(outbox_id, AddressForm(formdata=None))


@pages.post(f"{ONE}/again", endpoint="mailing_again")
def again(outbox_id: int) -> ResponseReturnValue:
    """Send this letter again."""
    sending.resend(outbox_id=outbox_id, by=g.actor, now=now())
    return redirect(url_for("office.mailings", done="again"), code=303)


@pages.post(f"{ONE}/leave", endpoint="mailing_leave")
def leave(outbox_id: int) -> ResponseReturnValue:
    """It arrived, or it need not."""
    sending.mark_sent(outbox_id=outbox_id, by=g.actor, now=now())
    return redirect(url_for("office.mailings", done="left"), code=303)


def _broken_address(error: Refused, outbox_id: int) -> ResponseReturnValue:
    return _letter_page(outbox_id, faulted(AddressForm(), error, "address")), 422


@pages.post(f"{ONE}/address", endpoint="mailing_address")
@answers(EmailBroken, with_=_broken_address)
def readdress(outbox_id: int) -> ResponseReturnValue:
    """Another address, and everything that came back goes there."""
    form = AddressForm()
    sending.readdress(outbox_id=outbox_id, address=form.address.data or "", by=g.actor, now=now())
    return redirect(url_for("office.mailings", done="address"), code=303)


def _letter_page(outbox_id: int, form: FlaskForm) -> str:
    return render_template("staff/office/mailing_letter.html", one=mailings.find_written(outbox_id), form=form, **WORDS)
