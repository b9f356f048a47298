"""What is said of a result by its kind, and the checks of DOI, ISSN and ISBN. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.kernel.errors import Incomplete
from app.kernel.lifecycle import Lifecycle, Move
from app.kernel.permissions import Do
from app.kernel.words import N_, Face
from app.stages.acceptance.rules import ResultKind


@dataclass(frozen=True)
class Asked:
    """One thing asked of a kind of result: `shape` is line, note, year, day, doi or serial (ISSN, ISBN); `paper` is its name on papers."""

    name: str
    label: str
    paper: str
    shape: str = "line"
    needed: bool = False


ASKED: dict[ResultKind, tuple[Asked, ...]] = {
    ResultKind.PUBLICATION: (
        Asked("authors", N_("Authors, as printed"), "Tác giả", needed=True), Asked("venue", N_("Journal, proceedings or publisher"), "Tạp chí, kỷ yếu, nhà xuất bản", needed=True),
        Asked("year", N_("Year of publication"), "Năm công bố", "year", True), Asked("doi", N_("DOI"), "DOI", "doi"), Asked("serial", N_("ISSN or ISBN"), "ISSN hoặc ISBN", "serial"),
        Asked("pages", N_("Volume, number, pages"), "Tập, số, trang")),
    ResultKind.VARIETY: (
        Asked("species", N_("Species"), "Loài", needed=True), Asked("traits", N_("Traits, yield, resistance"), "Đặc tính, năng suất, tính chống chịu", "note", True),
        Asked("recognised_by", N_("Decision that recognises it"), "Quyết định công nhận"), Asked("recognised_on", N_("Date of that decision"), "Ngày công nhận", "day")),
    ResultKind.PROCESS: (
        Asked("principle", N_("Principle and origin of the technology"), "Nguyên lý, xuất xứ công nghệ", "note", True), Asked("steps", N_("Steps, equipment, materials"), "Các bước, thiết bị, nguyên vật liệu", "note", True),
        Asked("figures", N_("Technical figures reached"), "Chỉ tiêu kỹ thuật đạt được", "note", True), Asked("scale", N_("Scale at which it was tried"), "Quy mô đã thử nghiệm"),
        Asked("conditions", N_("Conditions for using it"), "Điều kiện áp dụng", "note")),
    ResultKind.PROTOTYPE: (
        Asked("performance", N_("Performance, dimensions"), "Tính năng, kích thước", "note", True), Asked("standard", N_("Standard it was tested by"), "Tiêu chuẩn thử nghiệm"), Asked("kept_at", N_("Where it stands"), "Nơi đặt")),
    ResultKind.SOFTWARE: (
        Asked("functions", N_("Functions"), "Chức năng", "note", True), Asked("platform", N_("Platform, languages"), "Nền tảng, ngôn ngữ", needed=True), Asked("edition", N_("Version"), "Phiên bản"),
        Asked("kept_at", N_("Where source code and data are kept"), "Nơi lưu mã nguồn, dữ liệu")),
    ResultKind.STANDARD: (
        Asked("number", N_("Number of the standard"), "Số hiệu"), Asked("issuer", N_("Who issues it"), "Cơ quan ban hành", needed=True), Asked("in_force_on", N_("In force from"), "Hiệu lực từ ngày", "day")),
    ResultKind.POLICY_ADVICE: (
        Asked("addressee", N_("To whom the advice is given"), "Cơ quan được kiến nghị", needed=True), Asked("advice", N_("What is advised"), "Nội dung kiến nghị", "note", True),
        Asked("taken_into", N_("Document that took it up"), "Văn bản đã tiếp thu")),
    ResultKind.MODEL: (Asked("place", N_("Place"), "Địa điểm", needed=True), Asked("scale", N_("Scale"), "Quy mô", needed=True), Asked("figures", N_("Figures reached"), "Kết quả đạt được", "note")),
    ResultKind.DATA: (Asked("coverage", N_("Area and time it covers"), "Phạm vi không gian, thời gian", needed=True), Asked("form", N_("Form of the data"), "Định dạng"), Asked("kept_at", N_("Where it is kept"), "Nơi lưu giữ")),
    ResultKind.OTHER: (Asked("figures", N_("Description, figures"), "Mô tả, chỉ tiêu", "note"),),
}  # fmt: skip


class Right(Face):
    """What kind of protection is asked for a result."""

    PATENT = "patent", N_("Patent for an invention"), "purple"
    UTILITY = "utility", N_("Utility solution"), "purple"
    DESIGN = "design", N_("Industrial design"), "blue"
    TRADEMARK = "trademark", N_("Trademark, geographical indication"), "blue"
    COPYRIGHT = "copyright", N_("Copyright"), "blue"
    VARIETY = "variety", N_("Plant variety"), "green"


class RightState(Face):
    """Where the protection is."""

    FILED = "filed", N_("Application filed"), "blue"
    GRANTED = "granted", N_("Title granted"), "green"
    REFUSED = "refused", N_("Application refused"), "red"
    LAPSED = "lapsed", N_("Title lapsed"), "grey"


RIGHT = Lifecycle("result_right", RightState, start=RightState.FILED, moves={
    (RightState.FILED, "grant_right"): Move(RightState.GRANTED, Do.ACCEPTANCE_SUBMIT, N_("Record the title")),
    (RightState.FILED, "refuse_right"): Move(RightState.REFUSED, Do.ACCEPTANCE_SUBMIT, N_("Record the refusal")),
    (RightState.GRANTED, "lapse_right"): Move(RightState.LAPSED, Do.ACCEPTANCE_SUBMIT, N_("Record that it lapsed")),
})  # fmt: skip

RIGHTS_ON_PAPER = {
    Right.PATENT: "Sáng chế", Right.UTILITY: "Giải pháp hữu ích", Right.DESIGN: "Kiểu dáng công nghiệp", Right.TRADEMARK: "Nhãn hiệu, chỉ dẫn địa lý", Right.COPYRIGHT: "Quyền tác giả", Right.VARIETY: "Giống cây trồng",
    RightState.FILED: "Đã nộp đơn", RightState.GRANTED: "Đã cấp văn bằng", RightState.REFUSED: "Bị từ chối", RightState.LAPSED: "Hết hiệu lực",
}  # fmt: skip


class Access(Face):
    """Who may open a file of a result."""

    PUBLIC = "result_public", N_("Everybody, once the result is public"), "green"
    INNER = "result_inner", N_("Whoever may read the result here"), "blue"
    CLOSED = "result_closed", N_("Only the Department and who answers for the project"), "red"


def clean_doi(text: str) -> str:
    """The DOI alone, as registered (10.1234/abc), out of what people paste. Raises Incomplete for what is none."""
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text.strip(), flags=re.IGNORECASE)
    if not re.fullmatch(r"10\.\d{4,9}(?:\.\d+)*/[^\s<>\"{}|\\^`]+", bare, re.ASCII) or bare[-1] in ".,;:":
        raise Incomplete(N_("This is not a DOI. It begins with 10., for example 10.1016/j.agwat.2025.109123."), field="doi")
    return bare.lower()


def clean_serial(text: str) -> str:
    """An ISSN or ISBN whose check digit is right, as printed. Raises Incomplete."""
    bare = re.sub(r"[\s-]|^(?:e?issn|isbn)(?:-1[03])?:?", "", text.strip(), flags=re.IGNORECASE).upper()
    if not re.fullmatch(r"\d{7}[\dX]|\d{9}[\dX]|97[89]\d{10}", bare, re.ASCII) or not _checks(bare):
        raise Incomplete(N_("This is no ISSN or ISBN: its check digit is wrong. Please compare it with the print."), field="serial")
    return f"{bare[:4]}-{bare[4:]}" if len(bare) == 8 else bare


def _checks(digits: str) -> bool:
    values = [10 if d == "X" else int(d) for d in digits]
    if len(values) == 13:
        return sum(v * (3 if n % 2 else 1) for n, v in enumerate(values)) % 10 == 0
    return sum(v * (len(values) - n) for n, v in enumerate(values)) % 11 == 0


def said(kind: ResultKind, given: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """What was given, cleaned, in the order of the kind; empty answers left out. Raises Incomplete for what is missing or cannot be."""
    found: dict[str, Any] = {}
    for asked in ASKED[kind]:
        value = given.get(asked.name)
        if value is None or value == "":
            if asked.needed:
                raise Incomplete(N_("Please fill this in."), field=asked.name)
            continue
        if asked.shape == "year" and not 1950 <= value <= today.year:
            raise Incomplete(N_("The year lies between 1950 and this year."), field=asked.name)
        found[asked.name] = clean_doi(value) if asked.shape == "doi" else clean_serial(value) if asked.shape == "serial" else value.isoformat() if asked.shape == "day" else value
    return found


def printed(kind: ResultKind, known: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is known of a result, as lines of a paper."""
    return [{"name": asked.paper, "value": _day(known[asked.name]) if asked.shape == "day" else str(known[asked.name])} for asked in ASKED[kind] if asked.name in known]


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def told(kind: ResultKind, known: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    """(label, value, shape) of what is known, for a page: days as dates."""
    return [(asked.label, date.fromisoformat(known[asked.name]) if asked.shape == "day" else known[asked.name], asked.shape) for asked in ASKED[kind] if asked.name in known]
