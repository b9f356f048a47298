"""A mail server that misbehaves on demand: what it answers to a recipient is the first word of the address.

`ok@…` is taken; `r550@…` and `r451@…` are answered so to RCPT, `d554@…` and `d452@…` to the text; `hang@…` gets its answer
after `hang` seconds; `drop@…` is taken and the line is cut before the answer; `noquit@…` is taken and QUIT is not answered.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any


class _Talk(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.say("220 test")
        to = ""
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"RCPT":
                to = line.decode().partition("<")[2].partition("@")[0]
                self.say(f"{to[1:4]} no" if to[:1] == "r" and to[1:4].isdigit() else "250 ok")
            elif verb == b"DATA":
                self.say("354 go on")
                if not self.text(to):
                    return
            elif verb == b"QUIT":
                if to != "noquit":
                    self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def text(self, to: str) -> bool:
        """Read the mail and answer; False when the line is cut."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        refused = to[:1] == "d" and to[1:4].isdigit()
        if to.startswith("hang"):
            time.sleep(self.server.hang)  # type: ignore[attr-defined]
        if not refused:
            self.server.taken.append((to, message_from_bytes(b"".join(lines))["Message-ID"]))  # type: ignore[attr-defined]
        if to == "drop":
            return False
        self.say(f"{to[1:4]} no" if refused else "250 taken")
        return True


class MailServer(socketserver.ThreadingTCPServer):
    """What it took, as (first part of the address, Message-ID)."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, hang: float) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[tuple[str, str]] = []
        self.hang = hang

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Lines that the other side cuts are part of the game."""


@contextmanager
def mail_server(app: Any, *, hang: float = 0.0) -> Iterator[MailServer]:
    """The server runs, and the application sends its mails to it."""
    with MailServer(hang) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        state = app.extensions["mail"]
        before = state.server, state.port, state.suppress, app.config["MAIL_FOLDER"]
        state.server, state.port, state.suppress, app.config["MAIL_FOLDER"] = "127.0.0.1", server.server_address[1], False, None
        try:
            yield server
        finally:
            state.server, state.port, state.suppress, app.config["MAIL_FOLDER"] = before
            server.shutdown()
