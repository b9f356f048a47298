"""The verbs of the plan: import, revise the draft, decide, give out measures and say how far they are. None commits."""

from app.stages.plan.actions.drafts import (
    add_part,
    add_target,
    drop_part,
    drop_target,
    map_item,
    mapping_seen,
    move_part,
    need_draft,
    propose_mapping,
    revise_head,
    revise_part,
    revise_target,
    seen_of,
)
from app.stages.plan.actions.force import (
    mistakes,
    need_deciding,
    need_preparing,
    prepare,
    put_in_force,
    take_effect,
)
from app.stages.plan.actions.imports import (
    check,
    ensure_historic,
    errors,
    import_plan,
    keep_upload,
    read_file,
)
from app.stages.plan.actions.measures import (
    assign,
    call_off,
    count_notes,
    drop_measure,
    late_since,
    may_note,
    need_active,
    need_noting,
    need_open,
    note_progress,
    remind,
    revise_measure,
)

__all__ = [
    "add_part", "add_target", "assign", "call_off", "check", "count_notes", "drop_measure", "drop_part", "drop_target", "ensure_historic", "errors",
    "import_plan", "keep_upload", "late_since", "map_item", "mapping_seen", "may_note", "mistakes", "move_part", "need_active", "need_deciding", "need_draft", "need_noting",
    "need_open", "need_preparing", "note_progress", "prepare", "propose_mapping",
    "put_in_force", "read_file", "remind", "revise_head", "revise_measure", "revise_part", "revise_target", "seen_of", "take_effect",
]  # fmt: skip
