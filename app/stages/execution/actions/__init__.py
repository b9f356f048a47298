"""The verbs of execution. Each takes `by=` and `at=`; none commits."""

from app.stages.execution.actions.adjustments import (
    agree_adjustment,
    refuse_adjustment,
    request_adjustment,
    withdraw_adjustment,
)
from app.stages.execution.actions.endings import (
    decide_termination,
    drop_termination,
    open_termination,
    request_termination,
    resume,
    suspend,
    withdraw_termination,
)
from app.stages.execution.actions.evidence import attach_evidence, remove_evidence
from app.stages.execution.actions.inspections import (
    call_off_inspection,
    conclude_inspection,
    plan_inspection,
)
from app.stages.execution.actions.reports import (
    accept_report,
    ask_report,
    remind,
    return_report,
    schedule_reports,
    sign,
    submit_report,
)

__all__ = [
    "accept_report",
    "agree_adjustment",
    "ask_report",
    "attach_evidence",
    "call_off_inspection",
    "conclude_inspection",
    "decide_termination",
    "drop_termination",
    "open_termination",
    "plan_inspection",
    "refuse_adjustment",
    "remind",
    "remove_evidence",
    "request_adjustment",
    "request_termination",
    "resume",
    "return_report",
    "schedule_reports",
    "sign",
    "submit_report",
    "suspend",
    "withdraw_adjustment",
    "withdraw_termination",
]
