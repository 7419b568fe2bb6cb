"""Addresses that a phone reads from paper."""

import segno
from flask_babel import gettext as _
from markupsafe import Markup


def qr_code(link: str, title: str) -> Markup:
    """The address as a QR code: one path in an inline drawing, without a style of its own."""
    drawing = segno.make(link, error="m", micro=False).svg_inline(
        omitsize=True, border=2, svgclass=None, lineclass=None, title=title
    )
    return Markup(drawing.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - segno draws it, the title is escaped


def own_page_code(link: str) -> Markup:
    """The code on a letter on paper: it opens the own page of who gets it."""
    return qr_code(link, _("QR-code naar uw eigen pagina"))
