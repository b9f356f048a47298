"""Lines of rows that hang on a project."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from app.across.desk.waiting import lines
from app.services.people.models import User
from app.stages.funding import queries as funding
from app.stages.funding.models import Project


def of_project(model: Any, user: User, endpoint: str, *where: Any, since: Any = None, due: Any = None) -> Select[Any]:
    """Lines of rows that hang on a project this person may see."""
    return (lines(endpoint, model.public_id, Project.title, since=since, due=due, hint=Project.code).join(Project, Project.id == model.project_id)
            .where(funding.visible(user), *where))  # fmt: skip
