"""/ and /public: the portal."""

from app.across.portal.views import calls, checks, feeds, pages, topics
from app.across.portal.views.blueprint import bp

__all__ = ["bp", "calls", "checks", "feeds", "pages", "topics"]
