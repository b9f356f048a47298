"""Rows of blobs and attachments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, append_only, to
from app.services.people.models import User


class Blob(Model):
    """Bytes by their hash. Written once."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(100))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


append_only("blob")


class Attachment(Identified, Model):
    """A blob given to an object of a stage. A new version is a new row."""

    __tablename__ = "attachment"

    subject_type: Mapped[str] = mapped_column(String(64))
    subject_pid: Mapped[str] = mapped_column(String(26))
    kind: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(200))
    blob_sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256", ondelete="RESTRICT"), index=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(to("user_account"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    blob: Mapped[Blob] = relationship(lazy="joined")
    uploaded_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index("ix_attachment_subject", "subject_type", "subject_pid"),)

    @property
    def sha256(self) -> str:
        return self.blob_sha256

    @property
    def size(self) -> int:
        """Bytes."""
        return self.blob.size
