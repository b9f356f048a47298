"""The blueprint that all inner pages of transfer hang on, and what its lists share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _
from flask_login import current_user

from app.downloads import download
from app.kernel import clock
from app.kernel.listing import Listing
from app.kernel.permissions import Do

bp = Blueprint("transfer", __name__, url_prefix="/transfer", template_folder="../templates")


def spreadsheet(listing: Listing, title: str, name: str) -> Any:
    """The rows of a list as an Excel file."""
    return download(listing.xlsx(title), f"{name}-{clock.today():%Y-%m-%d}.xlsx")


def parts() -> list[tuple[str, str]]:
    """(label, endpoint) of the lists that this person may open."""
    found = [(_("Results"), "transfer.index"), (_("Handovers"), "transfer.handovers"), (_("Reports on use"), "transfer.follow_ups"),
             (_("Agreements"), "transfer.agreements"), (_("Income"), "transfer.list_incomes"), (_("Planned and real use"), "transfer.planned_uses"), (_("Map"), "transfer.use_map")]  # fmt: skip
    return [*found, (_("Messages"), "transfer.interests")] if current_user.can(Do.TRANSFER_OFFER) else found
