"""Import: states, table of moves, what a row may become. Pure."""

from __future__ import annotations

from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face


class BatchState(Face):
    """Where an import is."""

    READ = "read", N_("Read, columns to be named"), "grey"
    CHECKED = "checked", N_("Checked, nothing imported"), "blue"
    RUNNING = "running", N_("Being imported"), "amber"
    DONE = "done", N_("Imported"), "green"
    UNDONE = "undone", N_("Undone"), "red"
    DROPPED = "dropped", N_("Given up"), "grey"


class Target(Face):
    """What the rows of a sheet become."""

    PROJECTS = "projects", N_("Past projects"), "blue"
    ORGANISATIONS = "organisations", N_("Organisations"), "green"


class Choice(Face):
    """What is to be done with a row."""

    IMPORT = "import", N_("Import it"), "green"
    SKIP = "skip", N_("Leave it out"), "grey"
    FILL = "fill", N_("Fill what is empty there"), "blue"


class Outcome(Face):
    """What became of a row."""

    IMPORTED = "imported", N_("Imported"), "green"
    FILLED = "filled", N_("Empty fields filled"), "blue"
    SKIPPED = "skipped", N_("Left out"), "grey"
    REFUSED = "refused", N_("Not imported: errors"), "red"


class Stand(Face):
    """What became of a task, as its list tells it."""

    PROPOSED = "proposed", N_("Proposed only"), "grey"
    APPROVED = "approved", N_("Approved"), "blue"
    RUNNING = "running", N_("Under way"), "green"
    ACCEPTED = "accepted", N_("Accepted"), "green"
    FAILED = "failed", N_("Not accepted"), "red"
    TERMINATED = "terminated", N_("Terminated early"), "red"
    CANCELLED = "cancelled", N_("Approval cancelled"), "red"


BATCH = Lifecycle("import_batch", BatchState, start=BatchState.READ, moves={
    (BatchState.READ, "check"): Move(BatchState.CHECKED, Do.IMPORTS_RUN, N_("Check the rows")),
    (BatchState.CHECKED, "check"): Move(BatchState.CHECKED, Do.IMPORTS_RUN, N_("Check the rows")),
    (BatchState.CHECKED, "start"): Move(BatchState.RUNNING, Do.IMPORTS_RUN, N_("Import the rows")),
    (BatchState.RUNNING, "finish"): Move(BatchState.DONE, Do.SYSTEM, N_("All rows imported")),
    (BatchState.DONE, "undo"): Move(BatchState.UNDONE, Do.IMPORTS_RUN, N_("Undo the import")),
    (BatchState.READ, "drop"): Move(BatchState.DROPPED, Do.IMPORTS_RUN, N_("Give this import up")),
    (BatchState.CHECKED, "drop"): Move(BatchState.DROPPED, Do.IMPORTS_RUN, N_("Give this import up")),
})  # fmt: skip

REPAIRED = frozenset({BatchState.READ, BatchState.CHECKED})
