"""Plays of forms: a newer version of the order form, being drafted."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.kernel.clock import local
from app.services.questionnaires import actions, queries
from app.services.questionnaires.models import FormVersion
from app.services.questionnaires.rules import question_of
from app.stages.ideas import links, order

DAY = timedelta(days=1)


def _text(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


def invited_organisation(cast: Cast, at: datetime) -> None:
    """An organisation without an account that was sent a link to an order form, and has not used it yet."""
    links.send(cast.org("body1"), email="lien.he@body1.demo.vamco.test", name="Phan Thị Liên Hệ", expires_on=local(at).date() + 30 * DAY, by=cast["officer"], at=at)


def newer_order_form(cast: Cast, at: datetime) -> FormVersion:
    """A draft that asks who may be telephoned, how many households are concerned, and for shorter contents."""
    form = queries.form_by_code(order.CODE)
    if form is None:
        raise LookupError("the forms are not loaded")
    officer = cast["officer"]
    version = actions.draft(form, source="Góp ý của các sở, ngành sau mùa đề xuất đặt hàng", by=officer, at=at)
    actions.save_section(version, {"code": "s_contact", "number": "14", "label": _text("Người liên hệ", "Contact")}, by=officer, at=at)
    for code, kind, label, more in (
        ("contact_name", "short_text", _text("Họ tên người liên hệ", "Name of the contact"), {"required": True, "prefill": "person.name", "max": 200}),
        ("contact_email", "short_text", _text("Thư điện tử", "E-mail"), {"required": True, "prefill": "person.email", "max": 200}),
    ):
        actions.save_question(version, {"code": code, "type": kind, "label": label, **more}, section="s_contact", by=officer, at=at)
    affected = {"code": "affected", "type": "number", "label": _text("Số hộ, cơ sở sản xuất bị ảnh hưởng", "Households and producers concerned"), "min": 1}
    actions.save_question(version, affected, section="s_need", by=officer, at=at)
    contents = copy.deepcopy(question_of(version.definition, "contents")) or {}
    actions.save_question(version, contents | {"max_words": 800}, section="s_contents", was="contents", by=officer, at=at)
    return version
