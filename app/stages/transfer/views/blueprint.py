"""The blueprint that all inner pages of transfer hang on, and what its lists share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, make_response
from flask_babel import gettext as _
from flask_login import current_user

from app.kernel import clock
from app.kernel.listing import Listing
from app.kernel.permissions import Do

bp = Blueprint("transfer", __name__, url_prefix="/transfer", template_folder="../templates")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def spreadsheet(listing: Listing, title: str, name: str) -> Any:
    """The rows of a list as an Excel file."""
    listing.columns = [replace(column, label=_(column.label)) for column in listing.columns]
    answer = make_response(listing.xlsx(title))
    answer.mimetype = XLSX
    answer.headers["Content-Disposition"] = f"attachment; filename={name}-{clock.today():%Y-%m-%d}.xlsx"
    return answer


def parts() -> list[tuple[str, str]]:
    """(label, endpoint) of the lists that this person may open."""
    found = [(_("Results"), "transfer.index"), (_("Handovers"), "transfer.handovers"), (_("Reports on use"), "transfer.follow_ups"),
             (_("Agreements"), "transfer.agreements")]  # fmt: skip
    return [*found, (_("Messages"), "transfer.interests")] if current_user.can(Do.TRANSFER_OFFER) else found
