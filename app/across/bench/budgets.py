"""What pages may cost. Source: the speed study of this product, section 4 (budgets; the goal is half of each multiple)."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "speed study, section 4"
RSS_MB = 120  # memory of one worker
FAR = 1.5  # the command fails above this multiple of a budget


@dataclass(frozen=True)
class Budget:
    """Limits of one kind of page: processor time as a multiple of the bare application, queries, bytes of HTML, and
    bytes of everything on a first visit (scripts, styles, fonts; as sent)."""

    sqlite: int
    postgresql: int
    queries: int
    html_kb: int
    first_visit_kb: int = 180

    def times(self, dialect: str) -> int:
        return self.sqlite if dialect == "sqlite" else self.postgresql


LIST = Budget(40, 55, 10, 120)
DETAIL = Budget(30, 45, 15, 100)
FORM = Budget(35, 45, 10, 100)
DASHBOARD = Budget(40, 55, 12, 60)
PUBLIC = Budget(15, 22, 6, 60, 120)
PUBLIC_LIST = Budget(40, 55, 10, 120, 120)
LOGIN = Budget(10, 10, 2, 30)
