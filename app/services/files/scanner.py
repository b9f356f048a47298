"""The malware check: a program or a clamd that is asked about bytes before a file is accepted.

`VAMCO_FILES_SCANNER` is `clamd:/run/clamav/clamd.ctl`, `clamd:host:port`, or a command in which {path} stands for the file
(without it the path is added). Exit 0 means clean, 1 means malware (its output names it), anything else: not reached.
What cannot be reached decides nothing: the file waits.
"""

from __future__ import annotations

import shlex
import socket
import struct
import subprocess
import tempfile
from dataclasses import dataclass

from flask import current_app

from app.services.files.rules import Verdict

PATIENCE = 30  # seconds
PIECE = 64 * 1024


@dataclass(frozen=True)
class Finding:
    """What the check said; `found` names the malware, or says why nothing was said."""

    verdict: Verdict
    found: str = ""


def configured() -> str | None:
    """The check that is set up here, if there is one."""
    found: str | None = current_app.config.get("FILES_SCANNER")
    return found


def ask(scanner: str, content: bytes) -> Finding:
    """Ask the configured check about these bytes."""
    try:
        return _clamd(scanner.removeprefix("clamd:"), content) if scanner.startswith("clamd:") else _command(scanner, content)
    except (OSError, subprocess.SubprocessError, ValueError) as failure:
        return Finding(Verdict.WAITING, type(failure).__name__)


def _command(scanner: str, content: bytes) -> Finding:
    with tempfile.NamedTemporaryFile(prefix="vamco-check-") as file:
        file.write(content)
        file.flush()
        words = [word.replace("{path}", file.name) for word in shlex.split(scanner)]
        if file.name not in " ".join(words):
            words.append(file.name)
        ended = subprocess.run(words, capture_output=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL)
    said = ended.stdout.decode("utf-8", "replace").strip().replace(file.name, "").strip(": \n")
    if ended.returncode == 0:
        return Finding(Verdict.CLEAN)
    return Finding(Verdict.INFECTED, said.splitlines()[0][:200] if said else "malware") if ended.returncode == 1 else Finding(Verdict.WAITING, f"exit {ended.returncode}")


def _clamd(place: str, content: bytes) -> Finding:
    """INSTREAM as clamd speaks it: pieces with their length before, an empty one last; the answer ends in OK or FOUND."""
    if place.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        where: str | tuple[str, int] = place
    else:
        host, _, port = place.rpartition(":")
        line, where = socket.socket(socket.AF_INET, socket.SOCK_STREAM), (host, int(port))
    with line:
        line.settimeout(PATIENCE)
        line.connect(where)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        said = b""
        while b"\0" not in said and len(said) < PIECE and (got := line.recv(1024)):
            said += got
    text = said.rstrip(b"\0").decode("utf-8", "replace").strip()
    if text.endswith("OK"):
        return Finding(Verdict.CLEAN)
    return Finding(Verdict.INFECTED, text.removeprefix("stream: ").removesuffix("FOUND").strip()[:200]) if text.endswith("FOUND") else Finding(Verdict.WAITING, text[:200])
