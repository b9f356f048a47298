"""The contract: draft with its tranches, sign, mark tranches due, annexes, termination."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete

from app.kernel import journal, outbox
from app.kernel.clock import local
from app.kernel.db import db
from app.kernel.errors import Incomplete, WrongState
from app.kernel.lifecycle import check_seen
from app.kernel.text import fold, nfc
from app.kernel.words import N_
from app.services.councils import actions as councils
from app.services.papers import actions as papers
from app.services.papers.blocks import show
from app.services.papers.models import Paper
from app.services.papers.rules import check_number
from app.services.people import queries as people
from app.services.people.models import Organisation, User
from app.services.rulebook import queries as rulebook
from app.services.rulebook.calendar import check_day
from app.stages.funding import ledger, parties, queries, revising
from app.stages.funding.actions.budgets import promise, release
from app.stages.funding.actions.shared import (
    check_no_contract,
    check_outsider,
    check_stranger,
    check_turn,
)
from app.stages.funding.gate import check_condition
from app.stages.funding.models import Annex, Contract, Project, Tranche
from app.stages.funding.rules import (
    CONTRACT,
    ON_PAPER,
    OPEN_TRANCHES,
    TRANCHE,
    Condition,
    ContractState,
    LumpSum,
    Source,
    TrancheState,
    check_dates,
    end_of,
)
from app.stages.proposals import outcomes
from app.stages.proposals import queries as proposals

AFTER_END = 12  # months: the last tranche may be planned for the time of acceptance


def draft_contract(project: Project, *, party_a: str, by: User | None, at: datetime, account: str | None = None) -> Contract:
    """Draft the contract of a project with the tranches of the rulebook."""
    check_no_contract(project)
    row = Contract(project_id=project.id, party_a=nfc(party_a), account=account, parties=parties.said_of(queries.project_by_id(project.id)), starts_on=project.starts_on, ends_on=project.ends_on,
                   created_at=at)  # fmt: skip
    CONTRACT.begin(row, "draft", by=by, at=at)
    parts = rulebook.value("funding.tranches", on=project.decision_date)
    amounts = ledger.schedule(project.approved_state, [p["percent"] for p in parts])
    span = (project.ends_on - project.starts_on).days
    reports = [p["condition"] for p in parts].count("report")
    seen_reports = 0
    for position, (part, amount) in enumerate(zip(parts, amounts, strict=True), start=1):
        condition = Condition(part["condition"])
        seen_reports += condition == Condition.REPORT
        days = {Condition.SIGNING: 0, Condition.ACCEPTANCE: span}.get(condition, span * max(seen_reports, 1) // (reports + 1))
        if amount:
            db.session.add(_tranche(row, position, amount, condition, max(project.starts_on + timedelta(days=days), project.decision_date)))
    db.session.flush()
    return row


def plan_tranches(contract: Contract, rows: Sequence[tuple[int, Condition, date]], *, by: User, at: datetime,
                  account: str | None = None, seen: int | None = None) -> None:  # fmt: skip
    """Replace the tranches of a draft: (amount, condition, planned day) each. They must sum to the state money exactly."""
    if contract.state != ContractState.DRAFT:
        raise WrongState(N_("A signed contract changes only by an annex."))
    check_seen(contract, seen)
    project = queries.project_by_id(contract.project_id)
    for _amount, _condition, planned in rows:
        check_day(planned, field="tranches", since=project.decision_date, until=end_of(project.ends_on, AFTER_END))
    if any(amount <= 0 for amount, _c, _d in rows):
        raise Incomplete(N_("Each tranche needs an amount."), field="tranches")
    total = sum(amount for amount, _c, _d in rows)
    if total != project.approved_state:
        raise Incomplete(N_("The tranches sum to %(sum)s đồng; the state money is %(due)s đồng."), field="tranches",
                         sum=f"{total:,}".replace(",", "."), due=f"{project.approved_state:,}".replace(",", "."))  # fmt: skip
    contract.account = account or contract.account
    db.session.execute(delete(Tranche).where(Tranche.contract_id == contract.id))
    db.session.add_all(_tranche(contract, n, *row) for n, row in enumerate(rows, start=1))
    db.session.flush()
    db.session.expire(contract, ["tranches"])
    journal.record(contract, "plan_tranches", by=by, at=at, detail={"amounts": [amount for amount, _c, _d in rows]})


def sign(contract: Contract, *, number: str, signed_on: date, party_a_signer: str, party_b_signer: str, by: User, at: datetime,
         starts_on: date | None = None, seen: int | None = None) -> Paper:  # fmt: skip
    """Record that both parties signed. The tranche that waits for signing becomes due; the contract paper is issued."""
    project = queries.project_by_id(contract.project_id, lock=True)
    check_stranger(project, by)
    check_seen(contract, seen)
    if queries.closing_of(project.id) is not None:
        raise WrongState(N_("This project has already ended."))
    check_day(signed_on, field="signed_on", since=project.decision_date, until=local(at).date())
    if starts_on is not None:
        check_day(starts_on, field="starts_on", since=min(project.starts_on, project.decision_date), until=contract.ends_on - timedelta(days=1))
        contract.starts_on = starts_on
    contract.number, contract.signed_on = check_number(number, like="12/2026/HĐ-KHCN"), signed_on
    contract.party_a_signer, contract.party_b_signer = nfc(party_a_signer), nfc(party_b_signer)
    CONTRACT.advance(contract, "sign", by=by, at=at, detail={"number": contract.number})
    paper = _issue_contract(contract, project, by=by, at=at)
    outbox.post("funding/mail/signed.txt", to=queries.holders(project), key=f"signed:{contract.public_id}", at=at, project=project, contract=contract)
    meet_condition(project, Condition.SIGNING, by=by, at=at)
    if project.proposal_id is not None:
        outcomes.end_reserve(queries.dossier_of(project), by=by, at=at)
    return paper


def fall_due(tranche: Tranche, *, by: User | None, at: datetime, reason: str | None = None, seen: int | None = None) -> None:
    """Mark a planned tranche as due: its condition is met. The host and the investigator may now request it."""
    check_turn(tranche)
    if by is not None and reason:  # by hand
        check_outsider(tranche, by)
    check_condition(tranche)
    TRANCHE.advance(tranche, "fall_due", by=by, at=at, reason=reason, seen=seen)
    project = queries.project_by_id(tranche.project_id)
    outbox.post("funding/mail/due.txt", to=queries.holders(project), key=f"due:{tranche.public_id}", at=at, project=project, tranche=tranche)


def meet_condition(project: Project, condition: Condition, *, by: User | None, at: datetime) -> Tranche | None:
    """A condition is met: the next planned tranche becomes due if it waits for this. Returns it."""
    contract = queries.contract_of(project.id)
    if contract is None or contract.state != ContractState.SIGNED:
        return None
    waiting = [t for t in queries.tranches_of(project.id) if t.state == TrancheState.PLANNED]
    if not waiting or waiting[0].condition != condition:
        return None
    fall_due(waiting[0], by=by, at=at)
    return waiting[0]


def changes(project: Project, *, new_ends_on: date | None = None, new_state_amount: int | None = None, new_pi: User | None = None,
            new_host: Organisation | None = None, new_title: str | None = None, new_lump_sum: LumpSum | None = None,
            content: tuple[str | None, str] | tuple[str | None, str, str] | None = None) -> list[dict[str, str]]:  # fmt: skip
    """What an annex changes, as papers say it: what, before and after. Asked before the change is made."""
    found: list[tuple[str, str | None, str | None]] = []
    if new_ends_on is not None:
        found.append(("Ngày kết thúc thực hiện", show(project.ends_on), show(new_ends_on)))
    if new_state_amount is not None:
        found.append(("Kinh phí từ ngân sách nhà nước", show(project.approved_state, "money"), show(new_state_amount, "money")))
    if new_pi is not None:
        found.append(("Chủ nhiệm nhiệm vụ", _with_body(queries.person(project.pi_id), project.pi_name), _with_body(new_pi, new_pi.name)))
    if new_host is not None:
        found.append(("Tổ chức chủ trì", queries.host_name(project), new_host.name))
    if new_title is not None:
        found.append(("Tên nhiệm vụ", project.title, new_title))
    if new_lump_sum is not None:
        found.append(("Phương thức khoán chi", ON_PAPER[project.lump_sum], ON_PAPER[new_lump_sum]))
    if content is not None:
        found.append((content[2] if len(content) > 2 else "Nội dung, sản phẩm", *content[:2]))
    return [{"what": what, "before": before or "–", "after": after or "–"} for what, before, after in found]


def _with_body(person: User | None, name: str) -> str:
    bodies = [body.name for body in person.organisations] if person is not None else []
    return f"{name} ({', '.join(bodies)})" if bodies else name


def annex(contract: Contract, kind: str, summary: str, *, dated: date, by: User | None, at: datetime, decision_number: str | None = None,
          reason: str | None = None, new_ends_on: date | None = None, new_state_amount: int | None = None, new_pi: User | None = None,
          new_host: Organisation | None = None, new_title: str | None = None, new_lump_sum: LumpSum | None = None,
          content: tuple[str | None, str] | tuple[str | None, str, str] | None = None) -> Annex:  # fmt: skip
    """Add the next numbered annex and make its change to contract and project. Returns the annex; its paper says what changes."""
    if contract.state != ContractState.SIGNED:
        raise WrongState(N_("Only a signed contract has annexes."))
    project = queries.project_by_id(contract.project_id)
    said = changes(project, new_ends_on=new_ends_on, new_state_amount=new_state_amount, new_pi=new_pi, new_host=new_host, new_title=new_title, new_lump_sum=new_lump_sum, content=content)
    was = {"host": queries.host_name(project), "title": project.title}
    row = Annex(contract_id=contract.id, number=len(queries.annexes_of(contract.id)) + 1, kind=kind, summary=nfc(summary), dated=dated,
                decision_number=decision_number, by_id=by.id if by else None, at=at)  # fmt: skip
    db.session.add(row)
    db.session.flush()  # first the annex: without it the database refuses a change of the contract
    if new_ends_on is not None:
        check_dates(contract.starts_on, new_ends_on)
        contract.ends_on = project.ends_on = new_ends_on
    if new_title is not None:
        project.title, project.folded = new_title, fold(new_title)
    project.lump_sum = new_lump_sum or project.lump_sum
    if new_pi is not None:
        project.pi_id, project.pi_name = new_pi.id, new_pi.name
    if new_host is not None:
        project.host_id = new_host.id
        contract.account = None  # it was the former host's: the new one asks for its own, and another person agrees
    db.session.flush()
    if new_state_amount is not None:
        _change_money(project, new_state_amount, by=by, at=at)
    if new_pi is not None or new_host is not None:
        db.session.expire(project, ["pi", "host"])
        queries.move_engagements(project, on=dated, pi_id=new_pi.id if new_pi else None, host_id=new_host.id if new_host else None)
        councils.team_changed(project, at=at)
    journal.record(contract, "annex", by=by, at=at, detail={"number": row.number, "kind": kind, "decision": decision_number})
    taking = _new_host(new_host)
    _issue_annex(row, contract, project, {"changes": said, **was, "reason": reason or "", **taking}, by=by, at=at)
    contract.party_b_signer = taking["new_host_head"] or contract.party_b_signer  # who signs for party B from now on
    return row


def _new_host(host: Organisation | None) -> dict[str, str]:
    heads = people.managers_of(host.id) if host is not None else []
    return {"new_host": host.name if host is not None else "", "new_host_head": heads[0].name if heads else ""}


def _issue_annex(row: Annex, contract: Contract, project: Project, more: dict[str, Any], *, by: User | None, at: datetime) -> Paper:
    data = {"number": row.number, "contract": contract.number, "code": project.code, "title": project.title, "summary": row.summary,
            "decision": row.decision_number or "", "party_a": contract.party_a, "party_a_signer": contract.party_a_signer or "",
            "party_b_signer": contract.party_b_signer or "", "ends_on": contract.ends_on.isoformat(), "state": project.approved_state, **more}  # fmt: skip
    return papers.issue(template="funding/annex", subject=contract, data=data, by=by, at=at, dated=row.dated,
                        title=f"Phụ lục {row.number} hợp đồng {contract.number}")  # fmt: skip


def terminate(contract: Contract, *, by: User, at: datetime, reason: str | None = None) -> None:
    """End a signed contract early: what is not paid yet is cancelled. Called by execution's decision."""
    CONTRACT.advance(contract, "terminate", by=by, at=at, reason=reason)
    cancel_open(contract.project_id, by=by, at=at)


def cancel_open(project_id: int, *, by: User | None, at: datetime) -> None:
    """Cancel the tranches that are not paid."""
    for tranche in queries.tranches_of(project_id):
        if tranche.state in OPEN_TRANCHES:
            TRANCHE.advance(tranche, "cancel", by=by, at=at)


def _tranche(contract: Contract, position: int, amount: int, condition: Condition, planned_on: date) -> Tranche:
    return Tranche(project_id=contract.project_id, contract_id=contract.id, position=position, amount=amount, condition=condition,
                   planned_on=planned_on)  # fmt: skip


def _change_money(project: Project, new_state: int, *, by: User | None, at: datetime) -> None:
    """Change the state money: tranches still planned take up the difference, from the last backwards."""
    delta = new_state - project.approved_state
    planned = [t for t in queries.tranches_of(project.id) if t.state in (TrancheState.PLANNED, TrancheState.DUE)]
    amounts = ledger.reschedule([t.amount for t in planned], delta)
    if amounts is None:
        raise Incomplete(N_("The tranches that are not paid yet are too small for this change."), field="new_state_amount")
    for tranche, amount in zip(planned, amounts, strict=True):
        tranche.amount = amount
        if amount == 0:
            TRANCHE.advance(tranche, "cancel", by=by, at=at)
    project.approved_state = new_state
    project.approved_total = new_state + project.approved_counterpart
    db.session.flush()
    if delta < 0:
        release(project, -delta, by=by, at=at)
        return
    years = queries.years_of(project)
    year = next((y for y in years if y.year >= local(at).year), years[-1])
    year.state_amount += delta
    budget = queries.year_budget(year.year, Source.STATE, lock=True)
    if budget is not None and delta:
        promise(project, budget, delta, by=by, at=at)


def _head(contract: Contract) -> dict[str, str]:
    """What stands in the head of the contract, blank where it was not told."""
    return {key: (contract.parties or {}).get(key) or "…" for key in parties.LABELS}


def _annexed(project: Project) -> dict[str, Any]:
    """What the annexes take from the dossier and its appraisal: budget by head, team, plan of work, the work description as revised."""
    proposal = proposals.by_id(project.proposal_id) if project.proposal_id is not None else None
    appraisal = queries.appraisal_of_project(project)
    names = queries.head_names(on=project.decision_date)
    by_head = ledger.by_head(queries.lines_of(appraisal)) if appraisal is not None else {}
    revision = revising.of(appraisal) if appraisal is not None else None
    roles = {"pi": "Chủ nhiệm", "secretary": "Thư ký khoa học", "key": "Thành viên chính", "member": "Thành viên"}
    return {
        "budget": [{"head": names.get(head, head), **sums} for head, sums in by_head.items()],
        "team": [{"name": m.name, "role": roles.get(str(m.role), str(m.role)), "months": m.months} for m in (proposal.team if proposal else [])],
        "steps": [{"content": s.content, "result": s.result, "time": f"{s.month_from}–{s.month_to}"} for s in (proposal.milestones if proposal else [])],
        "work": f"hoàn thiện sau thẩm định, mã kiểm tra SHA-256 {revising.digest(revision)}" if revision is not None else "",
    }  # fmt: skip


def _issue_contract(contract: Contract, project: Project, *, by: User, at: datetime) -> Paper:
    data = {
        "number": contract.number, "signed_on": contract.signed_on.isoformat(), "party_a": contract.party_a,
        "party_a_signer": contract.party_a_signer, "party_b_signer": contract.party_b_signer, "account": contract.account or "",
        "host": queries.host_name(project), "pi": project.pi_name, "code": project.code, "title": project.title,
        "decision": project.decision_number, "decision_date": project.decision_date.isoformat(), "lump_sum": ON_PAPER[project.lump_sum],
        "bases": papers.bases_of("funding/contract", on=project.decision_date), "starts_on": contract.starts_on.isoformat(),
        "ends_on": contract.ends_on.isoformat(), "total": project.approved_total, "state": project.approved_state,
        "counterpart": project.approved_counterpart,
        **_head(contract), **_annexed(project),
        "products": [{"name": p.name, "unit": p.unit or "", "quantity": p.quantity or "", "quality": p.quality or ""}
                     for p in queries.products_of(project)],
        "years": [{"year": y.year, "state": y.state_amount, "counterpart": y.counterpart_amount} for y in queries.years_of(project)],
        "tranches": [{"position": t.position, "amount": t.amount, "condition": ON_PAPER[t.condition], "planned_on": t.planned_on.isoformat()}
                     for t in queries.tranches_of(project.id)],
    }  # fmt: skip
    return papers.issue(template="funding/contract", subject=contract, data=data, by=by, at=at, number=contract.number,
                        dated=contract.signed_on, title=f"Hợp đồng thực hiện nhiệm vụ {project.code}")  # fmt: skip
