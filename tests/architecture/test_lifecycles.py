"""Tables of states are sound: every state reachable, every verb permitted and labelled, every noun has its action."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

import app as package
from app.kernel.lifecycle import LIFECYCLES
from app.kernel.permissions import ROLES, Do
from app.kernel.words import Face

pytestmark = pytest.mark.nodb


def load_rooms():
    for room in package.ROOMS:
        path = Path(package.__file__).parent / "/".join(room.split(".")[1:]) / "rules.py"
        if path.exists():
            importlib.import_module(f"{room}.rules")


def lives():
    load_rooms()
    return sorted(LIFECYCLES.items())


def test_every_state_is_reachable():
    for name, life in lives():
        reached = {life.start}
        while True:
            more = {m.to for (s, _v), m in life.table.items() if s in reached} - reached
            if not more:
                break
            reached |= more
        assert reached == set(life.states), f"{name}: never reached: {set(life.states) - reached}"


def test_every_move_has_a_permission_that_a_role_holds_and_a_label():
    held = set().union(*ROLES.values()) | {Do.SYSTEM}
    for name, life in lives():
        for (state, verb), move in life.table.items():
            assert move.do in held, f"{name}: {verb} from {state} is permitted to nobody"
            assert move.label and move.label[0].isupper(), f"{name}: {verb} has no label"
            assert verb.isidentifier(), f"{name}: {verb}"


def test_every_state_has_a_face():
    for name, life in lives():
        for state in life.states:
            assert isinstance(state, Face) and state.label != str(state), f"{name}: {state} has no label"
            assert state.tone in {"grey", "blue", "green", "amber", "red", "purple"}, f"{name}: {state.tone}"


def test_diagrams_can_be_drawn():
    for _name, life in lives():
        assert life.diagram().startswith("stateDiagram-v2")
