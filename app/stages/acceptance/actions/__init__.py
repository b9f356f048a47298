"""The verbs of acceptance, in the order of the work. Each takes `by=` and `at=`; none commits."""

from app.stages.acceptance.actions.dossiers import (
    attach,
    begin,
    check,
    remove_file,
    return_dossier,
    self_evaluate,
    submit,
)
from app.stages.acceptance.actions.edits import (
    confirm_revision,
    refuse_revision,
    require_revision,
    revise,
    tick,
)
from app.stages.acceptance.actions.results import (
    add_result,
    describe,
    drop,
    register,
    set_shares,
)
from app.stages.acceptance.actions.verdicts import (
    fail,
    grade,
    put_to_council,
    recognise,
    reevaluate,
    release,
    seat_council,
)

__all__ = [
    "add_result",
    "attach",
    "begin",
    "check",
    "confirm_revision",
    "describe",
    "drop",
    "fail",
    "grade",
    "put_to_council",
    "recognise",
    "reevaluate",
    "refuse_revision",
    "register",
    "release",
    "remove_file",
    "require_revision",
    "return_dossier",
    "revise",
    "seat_council",
    "self_evaluate",
    "set_shares",
    "submit",
    "tick",
]
