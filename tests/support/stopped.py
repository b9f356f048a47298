"""Acts that come as far as their commit and no further: what many forms answer, without one of them changing anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event


class Committed(BaseException):
    """The act came as far as its commit."""


class Plain(FlaskClient):
    """Each request in a context of its own, as a server has it; pages are not judged here."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def stopped(db: Any) -> Iterator[list[bool]]:
    """While `stopped[0]` is true, nothing is committed: the act ends with `Committed`."""
    flag = [False]

    def stop(_session: Any) -> None:
        if flag[0]:
            raise Committed

    event.listen(db.session, "before_commit", stop)
    yield flag
    event.remove(db.session, "before_commit", stop)
