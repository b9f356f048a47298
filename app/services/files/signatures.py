"""Digital signatures inside PDF files (PAdES): who signed, when, is what was signed unchanged, is the certificate one that is trusted here.

Certificates of the authorities that are trusted lie as PEM or DER files in the folder VAMCO_TRUSTED_CERTIFICATES (default: certificates/ of
the instance); Viet Nam's national root and the authorities under it are put there by who runs the system. Nothing is fetched from the
network: revocation is not asked, and the page says so.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.kernel.words import N_, Face
from app.later import asn1_pem, asn1_x509, certvalidator, pdf_reader, pdf_validation

MARK = b"/ByteRange"  # no signature without it: most files need not be read at all
LONGEST = 300  # characters of a name
MOST = 20  # signatures that are looked at in one file


class Standing(Face):
    """What can be said of a signature."""

    TRUSTED = "trusted", N_("Signature holds, certificate trusted here"), "green"
    UNKNOWN = "unknown", N_("Signature holds, certificate of an authority not known here"), "amber"
    CHANGED_LATER = "changed_later", N_("Signature holds, but the file was changed after it"), "amber"
    BROKEN = "broken", N_("Signature does not hold: what was signed was changed"), "red"
    UNREADABLE = "unreadable", N_("Signature cannot be read"), "red"


@dataclass(frozen=True)
class Signature:
    """One signature of a file. `signed_at` (ISO, with zone) is what the signer's own clock said."""

    standing: Standing
    signer: str
    organisation: str | None = None
    issuer: str | None = None
    signed_at: str | None = None

    @property
    def at(self) -> datetime | None:
        """When it was signed, by the signer's clock."""
        return datetime.fromisoformat(self.signed_at).astimezone(UTC) if self.signed_at else None

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"standing": str(self.standing)}


def read(content: bytes, trusted: Path) -> list[Signature]:
    """The signatures inside this file, in their order; none for a file that is not signed, or is no PDF."""
    if not content.startswith(b"%PDF") or MARK not in content:
        return []
    try:
        found = pdf_reader.PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures[:MOST]
    except Exception:  # noqa: BLE001 - a file made to hurt may fail anywhere in the reader; then there is a signature nobody can read
        return [Signature(Standing.UNREADABLE, "?")]
    context = certvalidator.ValidationContext(trust_roots=list(authorities(trusted)), allow_fetching=False) if found else None
    return [_said(signature, context) for signature in found]


def authorities(folder: Path) -> Iterator[Any]:
    """The certificates that are trusted here; a file that is none is passed over."""
    for file in sorted(folder.glob("*")) if folder.is_dir() else ():
        content = file.read_bytes()
        try:
            for der in [der for _kind, _headers, der in asn1_pem.unarmor(content, multiple=True)] if asn1_pem.detect(content) else [content]:
                certificate = asn1_x509.Certificate.load(der)
                certificate.subject.native  # noqa: B018 - read now: parsing is lazy
                yield certificate
        except (ValueError, TypeError):
            continue


def _said(signature: Any, context: Any) -> Signature:
    try:
        certificate = signature.signer_cert
        status = pdf_validation.validate_pdf_signature(signature, context)
        subject, issuer = certificate.subject.native, certificate.issuer.native
        told = status.signer_reported_dt
        return Signature(_standing(status), _name(subject.get("common_name")) or "?", _name(subject.get("organization_name")), _name(issuer.get("common_name")),
                         told.isoformat() if told is not None else None)  # fmt: skip
    except Exception:  # noqa: BLE001 - as above
        return Signature(Standing.UNREADABLE, "?")


def _standing(status: Any) -> Standing:
    if not (status.intact and status.valid):
        return Standing.BROKEN
    if status.coverage.name != "ENTIRE_FILE" and status.modification_level is not None and status.modification_level.name == "OTHER":
        return Standing.CHANGED_LATER
    return Standing.TRUSTED if status.trusted else Standing.UNKNOWN


def _name(value: Any) -> str | None:
    text = " ".join(value) if isinstance(value, list) else value
    return str(text)[:LONGEST] if text else None
