"""A running server for browsers: the application of this process on a free port, on a fresh database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from app.across.demo import cast as demo_cast
from app.kernel.db import db
from tests.support.databases import settings


class _Quiet(WSGIRequestHandler):
    """Says nothing about each request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        return


class Site:
    """A server that runs beside the test. `url` is its address; `with site.act() as cast:` plays acts on its database."""

    def __init__(self, templates: Any, folder: Path) -> None:
        self.templates, self.database = templates, templates.fresh()
        self.app: Flask = create_app("test", **settings(self.database, folder))
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=_Quiet)
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        self.server.block_on_close = False  # type: ignore[attr-defined] - kept-alive connections would hold the stop
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @contextmanager
    def act(self) -> Iterator[demo_cast.Cast]:
        """Play acts with the demonstration people; everything is committed at the end, so that browsers see it."""
        with self.app.app_context():
            yield demo_cast.load()
            db.session.commit()
            db.session.remove()

    def stop(self) -> None:
        """Stop the server and take its database away."""
        self.server.shutdown()
        self.thread.join(5)
        self.server.server_close()
        with self.app.app_context():
            db.engine.dispose()
        self.templates.drop(self.database)
