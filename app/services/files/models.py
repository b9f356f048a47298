"""Rows of blobs and attachments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Identified, Model, UtcDateTime, append_only, enum_of, to
from app.services.files.rules import Verdict
from app.services.people.models import User


class Blob(Model):
    """Bytes by their hash. Written once."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(100))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)

    scan: Mapped[BlobScan | None] = relationship(lazy="joined", viewonly=True, uselist=False)


append_only("blob")


class BlobScan(Model):
    """What the malware check said of bytes. No row: they came in while no check was set up."""

    __tablename__ = "blob_scan"

    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256", ondelete="RESTRICT"), primary_key=True)
    verdict: Mapped[Verdict] = enum_of(Verdict, index=True)
    found: Mapped[str | None] = mapped_column(String(200))
    tries: Mapped[int] = mapped_column(default=1)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BlobSignatures(Model):
    """What the digital signatures inside a PDF said when it came. No row: it bears none."""

    __tablename__ = "blob_signatures"

    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256", ondelete="RESTRICT"), primary_key=True)
    said: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
    number: Mapped[int] = mapped_column(default=1, server_default="1")  # which version of the document it is
    replaced_by_pid: Mapped[str | None] = mapped_column(String(26))  # the version that took its place

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

    @property
    def verdict(self) -> Verdict:
        """What the malware check says: what was never checked counts as clean, for it came before the check."""
        return self.blob.scan.verdict if self.blob.scan is not None else Verdict.CLEAN

    @property
    def offered(self) -> bool:
        """May it be downloaded at all?"""
        return self.verdict == Verdict.CLEAN


class Upload(Identified, Model):
    """A file that comes in pieces: what is announced, and what became of it. The pieces lie in a file named by `public_id`."""

    __tablename__ = "upload"

    subject_type: Mapped[str] = mapped_column(String(64))
    subject_pid: Mapped[str] = mapped_column(String(26))
    kind: Mapped[str] = mapped_column(String(64))
    replaces_pid: Mapped[str | None] = mapped_column(String(26))
    filename: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))  # as the browser computed it
    user_id: Mapped[int] = mapped_column(to("user_account"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attachment_pid: Mapped[str | None] = mapped_column(String(26))

    __table_args__ = (CheckConstraint("size > 0", name="size_positive"), Index("ix_upload_subject", "subject_type", "subject_pid"))
