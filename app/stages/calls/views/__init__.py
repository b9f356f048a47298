"""/calls: the list, one call and its way from draft to conclusion, questions, kept searches."""

from app.stages.calls.views import acts, followers, notices, questions
from app.stages.calls.views.blueprint import bp

__all__ = ["acts", "bp", "followers", "notices", "questions"]
