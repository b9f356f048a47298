"""The verbs of transfer. Each takes `by=` (None for the system or a visitor) and `at=`; none commits."""

from app.stages.transfer.actions.agreements import (
    draft_agreement,
    drop_agreement,
    end_agreement,
    least_share,
    register_agreement,
    revise_agreement,
    sign_agreement,
)
from app.stages.transfer.actions.evaluations import evaluate
from app.stages.transfer.actions.followups import (
    await_again,
    close_series,
    follow_agreement,
    follow_host,
    mail_link,
    remind,
    report,
    report_by_link,
    return_report,
    schedule_follow_ups,
    verify,
    waive,
)
from app.stages.transfer.actions.handovers import (
    confirm,
    offer,
    offer_again,
    refuse,
    withdraw,
)
from app.stages.transfer.actions.interests import (
    answer_interest,
    close_interest,
    express_interest,
    negotiate,
    note_talks,
)
from app.stages.transfer.actions.publishing import publish, unpublish

__all__ = [
    "answer_interest",
    "await_again",
    "close_interest",
    "close_series",
    "confirm",
    "draft_agreement",
    "drop_agreement",
    "end_agreement",
    "evaluate",
    "express_interest",
    "follow_agreement",
    "follow_host",
    "least_share",
    "mail_link",
    "negotiate",
    "note_talks",
    "offer",
    "offer_again",
    "publish",
    "refuse",
    "register_agreement",
    "remind",
    "report",
    "report_by_link",
    "return_report",
    "revise_agreement",
    "schedule_follow_ups",
    "sign_agreement",
    "unpublish",
    "verify",
    "waive",
    "withdraw",
]  # fmt: skip
