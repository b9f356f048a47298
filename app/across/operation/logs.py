"""The log as one JSON object a line on standard error."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context


class AsJson(logging.Formatter):
    """A line of anybody's log as JSON; `extra={"told": {...}}` adds fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said: dict[str, Any] = {"event": record.getMessage(), **getattr(record, "told", {}), "level": record.levelname.lower(),
                                "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat()}  # fmt: skip
        if has_request_context():
            said["request_id"] = g.get("request_id")
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def as_json() -> None:
    """All logging, ours and the libraries', goes out like that."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its lines hold whole addresses
