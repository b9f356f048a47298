"""The verbs of execution. Each takes `by=` and `at=`; none commits."""

from app.stages.execution.actions.adjustments import (
    agree_adjustment,
    move_heads,
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
from app.stages.execution.actions.forecasts import revise_forecast
from app.stages.execution.actions.inspections import (
    answer_finding,
    attach_to_inspection,
    call_off_inspection,
    close_finding,
    conclude_inspection,
    plan_inspection,
    remind_findings,
    return_finding,
)
from app.stages.execution.actions.reports import (
    accept_report,
    ask_report,
    chase,
    remind,
    return_report,
    save_draft,
    schedule_reports,
    sign,
    submit_report,
)
from app.stages.execution.actions.risks import close_risk, note_risk

__all__ = [
    "accept_report",
    "agree_adjustment",
    "answer_finding",
    "ask_report",
    "attach_evidence",
    "attach_to_inspection",
    "call_off_inspection",
    "chase",
    "close_finding",
    "close_risk",
    "conclude_inspection",
    "decide_termination",
    "drop_termination",
    "move_heads",
    "note_risk",
    "open_termination",
    "plan_inspection",
    "refuse_adjustment",
    "remind",
    "remind_findings",
    "remove_evidence",
    "request_adjustment",
    "request_termination",
    "resume",
    "return_finding",
    "return_report",
    "revise_forecast",
    "save_draft",
    "schedule_reports",
    "sign",
    "submit_report",
    "suspend",
    "withdraw_adjustment",
    "withdraw_termination",
]
