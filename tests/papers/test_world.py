"""What the demonstration world issues: each paper is made of the declared values, the books agree, and one office never reads what is sealed."""

from __future__ import annotations

from sqlalchemy import select

from app.kernel.db import db as database
from app.services.papers.blocks import as_text
from app.services.papers.models import Paper
from app.services.papers.wording import shipped_names

ELSEWHERE = {  # templates that the world does not play; each has its test in the room
    "calls/form_application", "calls/form_cv", "calls/form_host_activity", "calls/form_other", "calls/form_partner", "papers/withdrawal",
}  # fmt: skip


def test_the_world_issues_papers_of_the_whole_life(played):
    seen = set(database.session.scalars(select(Paper.template).distinct()))
    assert seen <= set(shipped_names())
    life = {"ideas/receipt", "ideas/submission", "ideas/decision", "calls/notice", "calls/opening", "proposals/receipt", "councils/decision", "councils/invitation", "councils/counting",
            "councils/minutes", "funding/appraisal_minutes", "funding/submission", "funding/approval_decision", "funding/contract", "funding/annex", "funding/payment_request",
            "execution/periodic_report", "execution/inspection_minutes", "execution/adjustment_decision", "execution/termination_decision", "acceptance/rating_sheet",
            "acceptance/recognition", "acceptance/registration", "funding/settlement", "funding/liquidation", "transfer/handover_minutes", "transfer/contract_record",
            "transfer/followup_report"}  # fmt: skip
    assert life <= seen, life - seen
    report = database.session.scalar(select(Paper).where(Paper.template == "execution/periodic_report").order_by(Paper.id).limit(1))
    assert "Đã sử dụng từ đầu" in as_text(report.blocks) and report.parent_body is None
    submission = database.session.scalar(select(Paper).where(Paper.template == "funding/submission").order_by(Paper.id).limit(1))
    assert "đồng)" in as_text(submission.blocks) and "kính trình" in as_text(submission.blocks)
