"""The verbs of funding, in the order of the work. Each takes `by=` and `at=`; none commits."""

from app.stages.funding.actions.appraisals import (
    appraise,
    begin_appraisal,
    conclude_appraisal,
    name_team,
    open_appraisal,
    reopen_appraisal,
)
from app.stages.funding.actions.awards import (
    approve,
    hold_award,
    import_project,
    return_award,
    submit_award,
)
from app.stages.funding.actions.budgets import set_year_budget
from app.stages.funding.actions.closings import (
    accept_settlement,
    liquidate,
    record_closing,
    return_settlement,
    submit_settlement,
)
from app.stages.funding.actions.contracts import (
    annex,
    changes,
    draft_contract,
    fall_due,
    meet_condition,
    plan_tranches,
    sign,
    terminate,
)
from app.stages.funding.actions.payments import (
    approve_payment,
    freeze,
    pay,
    refund,
    request_payment,
    return_payment,
    reverse,
    unfreeze,
)
from app.stages.funding.actions.refusals import cancel_award, decline_award

__all__ = [
    "accept_settlement",
    "annex",
    "appraise",
    "approve",
    "approve_payment",
    "begin_appraisal",
    "cancel_award",
    "changes",
    "conclude_appraisal",
    "decline_award",
    "draft_contract",
    "fall_due",
    "freeze",
    "hold_award",
    "import_project",
    "liquidate",
    "meet_condition",
    "name_team",
    "open_appraisal",
    "pay",
    "plan_tranches",
    "record_closing",
    "refund",
    "reopen_appraisal",
    "request_payment",
    "return_award",
    "return_payment",
    "return_settlement",
    "reverse",
    "set_year_budget",
    "sign",
    "submit_award",
    "submit_settlement",
    "terminate",
    "unfreeze",
]
