"""The house rules of structure: import contracts, no imports inside functions, the kernel's size, one word per act."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.nodb
ROOT = Path(__file__).parent.parent.parent
APP = ROOT / "app"
SOURCES = sorted(APP.rglob("*.py"))
KERNEL_LINES = 2000
FILE_LINES = 400


def test_import_contracts_hold():
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_no_imports_inside_functions():
    wrong = []
    for path in SOURCES:
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                wrong += [f"{path.relative_to(ROOT)}:{n.lineno} - move the import to the top of the file"
                          for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_the_kernel_stays_small_enough_to_read():
    lines = sum(len(path.read_text().splitlines()) for path in (APP / "kernel").glob("*.py"))
    assert lines <= KERNEL_LINES, f"the kernel has {lines} lines"


def test_no_file_is_a_crowded_room():
    crowded = [f"{p.relative_to(ROOT)}: {n}" for p in SOURCES if (n := len(p.read_text().splitlines())) > FILE_LINES]
    assert not crowded, "over 400 lines - which concept is missing? " + "; ".join(crowded)


def test_state_is_written_by_the_lifecycle_alone():
    wrong = []
    for path in SOURCES:
        if path.name == "lifecycle.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
            wrong += [f"{path.relative_to(ROOT)}:{node.lineno} - call advance() instead" for t in targets
                      if isinstance(t, ast.Attribute) and t.attr == "state"]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_time_is_read_by_the_clock_alone():
    wrong = []
    for path in SOURCES:
        if path.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in ("utcnow", "today") and isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date"):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "now" and isinstance(node.func.value, ast.Name) and node.func.value.id == "datetime":
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, "read the time from kernel.clock: " + ", ".join(wrong)


def test_rules_actions_and_queries_ask_nobody_for_the_time():
    wrong = []
    for path in SOURCES:
        if path.parts[-3] == "stages" and path.name in ("actions.py", "rules.py"):
            wrong += [f"{path.relative_to(ROOT)}:{n.lineno} - take `at` as an argument" for n in ast.walk(ast.parse(path.read_text()))
                      if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in ("now", "today")
                      and isinstance(n.func.value, ast.Name) and n.func.value.id == "clock"]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_nothing_marks_text_as_safe_in_templates():
    wrong = [str(p.relative_to(ROOT)) for p in APP.rglob("*.html") if "|safe" in p.read_text() or "| safe" in p.read_text()]
    assert not wrong, f"autoescape stays on: {wrong}"
