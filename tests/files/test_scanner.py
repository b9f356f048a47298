"""The malware check: asked before a file is accepted; what it does not reach waits and is never given out."""

from __future__ import annotations

import io
import socket
import struct
import sys
import threading

import pytest

from app.across.demo.plays.proposals import Upload, small_pdf
from app.kernel.errors import Incomplete
from app.services.files import actions, queries, scanner, store
from app.services.files.rules import Verdict
from tests.files.test_store import owner  # noqa: F401 - a fixture

EICAR = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@pytest.fixture
def program(tmp_path):
    """A program that behaves as virus scanners do; while the file `down` exists it cannot be reached."""
    path = tmp_path / "scan.py"
    path.write_text(f"import sys, pathlib\nif pathlib.Path({str(tmp_path / 'down')!r}).exists(): sys.exit(2)\n"
                    f"bad = {EICAR!r}.encode() in pathlib.Path(sys.argv[1]).read_bytes()\nprint(sys.argv[1] + ': Eicar FOUND' if bad else 'OK')\nsys.exit(1 if bad else 0)\n")  # fmt: skip
    return f"{sys.executable} {path}", tmp_path / "down"


def bring(owner, at, text="x"):  # noqa: F811
    return actions.attach(subject=owner, upload=Upload("a.pdf", io.BytesIO(small_pdf(text))), kind="other", by=owner, at=at)


def test_clean_is_accepted_and_malware_is_not_kept(app, db, owner, at, as_, program):  # noqa: F811
    app.config["FILES_SCANNER"] = program[0]
    row = bring(owner, at)
    db.session.commit()
    assert row.verdict == Verdict.CLEAN and as_("pi1").get(f"/files/{row.public_id}").status_code == 200
    with pytest.raises(Incomplete, match="Eicar"):
        bring(owner, at, EICAR)
    assert len(store.names()) == 1 and len(queries.of(owner)) == 1


def test_what_waits_is_held_until_it_was_checked(app, db, owner, at, as_, program, mails):  # noqa: F811
    command, down = program
    down.touch()
    app.config["FILES_SCANNER"] = command
    good, bad = bring(owner, at), bring(owner, at, EICAR)
    db.session.commit()
    pi = as_("pi1")
    for row in (good, bad):
        answer = pi.get(f"/files/{row.public_id}")
        assert row.verdict == Verdict.WAITING and answer.status_code == 409 and "mã độc" in answer.text
    assert actions.check_waiting(at) == 0 and len(queries.waiting()) == 2, "not reached: still waiting"
    down.unlink()
    assert actions.check_waiting(at) == 2 and not queries.waiting()
    pids = good.public_id, bad.public_id
    db.session.expire_all()
    assert [pi.get(f"/files/{pid}").status_code for pid in pids] == [200, 409]
    assert [m.to_address for m in mails() if m.template == "files/mail/infected.txt"] == ["pi1@demo.vamco.test"]
    assert actions.check_waiting(at) == 0 and len([m for m in mails() if m.template == "files/mail/infected.txt"]) == 1


def clamd(answers, ended):
    """A clamd that reads one INSTREAM and answers; its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        for answer in answers:
            line, _ = server.accept()
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                got = b""
                while size := struct.unpack(">I", stream.read(4))[0]:
                    got += stream.read(size)
                ended.append(len(got))
                line.sendall(answer)
        server.close()

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


@pytest.mark.nodb
def test_clamd_is_spoken_to_as_it_wants():
    ended = []
    port = clamd([b"stream: OK\0", b"stream: Win.Test FOUND\0", b"INSTREAM size limit exceeded. ERROR\0"], ended)
    content = b"x" * 200_000
    said = [scanner.ask(f"clamd:127.0.0.1:{port}", content) for _ in range(3)]
    assert [s.verdict for s in said] == [Verdict.CLEAN, Verdict.INFECTED, Verdict.WAITING] and said[1].found == "Win.Test" and ended == [200_000] * 3


@pytest.mark.nodb
@pytest.mark.parametrize("where", ["clamd:/nowhere/clamd.ctl", "clamd:127.0.0.1:1", "clamd:x:y", "/nowhere/scan", "false --never-1 'unbalanced"])
def test_what_is_not_reached_decides_nothing(where):
    assert scanner.ask(where, b"x").verdict == Verdict.WAITING


@pytest.mark.nodb
def test_a_program_that_ends_otherwise_decides_nothing():
    assert scanner.ask("sh -c 'exit 2'", b"x").verdict == Verdict.WAITING
