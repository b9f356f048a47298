"""Signatures inside PDF files: signed by certificates made here, one byte changed, pages added afterwards, hostile files; shown beside the paper."""

from __future__ import annotations

import io
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, sign_pdf
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from werkzeug.datastructures import FileStorage

from app.across.demo.plays.proposals import small_pdf
from app.services.files import actions, queries, signatures
from app.services.files.signatures import Standing
from app.services.papers import actions as papers
from tests.papers.test_rules import DATA, TEMPLATE

SIGNER, BODY, AUTHORITY = "Phạm Giám Đốc", "Sở Khoa học và Công nghệ", "Cơ quan chứng thực thử nghiệm"


def _certificate(name, key, *, issuer, by, authority=False, body=None):
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), *([x509.NameAttribute(NameOID.ORGANIZATION_NAME, body)] if body else [])])
    usage = x509.KeyUsage(digital_signature=not authority, content_commitment=not authority, key_encipherment=False, data_encipherment=False, key_agreement=False,
                          key_cert_sign=authority, crl_sign=authority, encipher_only=False, decipher_only=False)  # fmt: skip
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=3000)).not_valid_after(now + timedelta(days=3000))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True).add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False).sign(by, hashes.SHA256()))  # fmt: skip


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """(the folder of trusted certificates, what signs a PDF)."""
    folder = tmp_path_factory.mktemp("certificates")
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate(AUTHORITY, root_key, issuer=None, by=root_key, authority=True)
    own = _certificate(SIGNER, key, issuer=root.subject, by=root_key, body=BODY)
    (folder / "goc.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "readme.txt").write_text("không phải chứng thư")
    store = folder.parent / f"{folder.name}-signer.p12"
    store.write_bytes(serialization.pkcs12.serialize_key_and_certificates(b"s", key, own, [root], serialization.BestAvailableEncryption(b"x")))
    return folder, SimpleSigner.load_pkcs12(str(store), passphrase=b"x")


@pytest.fixture(scope="module")
def signed(authority):
    """A PDF signed as PAdES asks."""
    out = io.BytesIO()
    draft = IncrementalPdfFileWriter(io.BytesIO(small_pdf("hợp đồng")))
    with ThreadPoolExecutor(1) as aside:  # the library runs a loop of its own, and a browser test may have left one in this thread
        aside.submit(sign_pdf, draft, PdfSignatureMetadata(field_name="Sig1", subfilter=SigSeedSubFilter.PADES), signer=authority[1], output=out).result()
    return out.getvalue()


@pytest.mark.nodb
def test_who_signed_is_read(authority, signed):
    (one,) = signatures.read(signed, authority[0])
    assert (one.standing, one.signer, one.organisation, one.issuer) == (Standing.TRUSTED, SIGNER, BODY, AUTHORITY)
    assert abs(one.at - datetime.now(UTC)) < timedelta(hours=1)


@pytest.mark.nodb
def test_an_authority_that_is_not_trusted_here_is_told(tmp_path, signed):
    assert [s.standing for s in signatures.read(signed, tmp_path)] == [Standing.UNKNOWN]
    assert [s.standing for s in signatures.read(signed, tmp_path / "nowhere")] == [Standing.UNKNOWN]


@pytest.mark.nodb
def test_no_changed_byte_passes(authority, signed):
    """A hundred bytes of what is signed, each changed alone: never "holds" (the seed is printed)."""
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    before = signed.index(b"/Contents <")
    for at in sorted(dice.sample(range(10, before), min(100, before - 10))):
        changed = bytearray(signed)
        changed[at] ^= 1 << dice.randrange(8)
        standings = {s.standing for s in signatures.read(bytes(changed), authority[0])}
        assert not standings & {Standing.TRUSTED, Standing.UNKNOWN, Standing.CHANGED_LATER}, at


@pytest.mark.nodb
def test_what_was_added_after_the_signature_is_told(authority, signed):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Names"] = generic.DictionaryObject({generic.pdf_name("/JavaScript"): generic.DictionaryObject()})
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert [s.standing for s in signatures.read(out.getvalue(), authority[0])] == [Standing.CHANGED_LATER]


@pytest.mark.nodb
@pytest.mark.parametrize("content", [b"", b"%PDF", b"%PDF-1.7 /ByteRange", b"%PDF-1.7\n/ByteRange [0 9 9 9]" + b"\0" * 500, b"PK\3\4 /ByteRange", small_pdf("không ký"),
                                     b"%PDF-1.7 /ByteRange " + b"<<" * 5000])  # fmt: skip
def test_files_that_are_not_signed_or_made_to_hurt(authority, content):
    assert {s.standing for s in signatures.read(content, authority[0])} <= {Standing.UNREADABLE}


def test_it_stands_beside_the_paper_and_follows_the_trusted_certificates(db, app, cast, as_, at, authority, signed, monkeypatch):
    monkeypatch.setattr(papers, "template_text", lambda name: TEMPLATE)
    paper = papers.issue(template="tests/x", subject=cast["pi1"], title="Quyết định", data=DATA | {"title": "Đề tài"}, number="5/QĐ-SKHCN", by=cast["officer"], at=at)
    papers.attach_scan(paper, upload=FileStorage(io.BytesIO(signed), "ky-so.pdf"), by=cast["registry"], at=at)
    papers.attach_scan(paper, upload=FileStorage(io.BytesIO(small_pdf("quét")), "quet.pdf"), by=cast["registry"], at=at)
    db.session.commit()
    page = as_("registry").get(f"/papers/{paper.public_id}").get_data(as_text=True)
    assert SIGNER in page and BODY in page and "chưa được khai báo tin cậy" in page and page.count("bản quét.") == 1
    app.config["TRUSTED_CERTIFICATES"] = str(authority[0])
    assert actions.check_signatures(at) == 1 and actions.check_signatures(at) == 0
    (said,) = next(iter(queries.signatures_in(queries.of(paper, kind=papers.SCAN)).values()))
    assert said.standing == Standing.TRUSTED
    assert "chứng thư được tin cậy tại đây" in as_("registry").get(f"/papers/{paper.public_id}").get_data(as_text=True)
