"""What an appraisal team is asked against: the dossier whose budget it appraises."""

from __future__ import annotations

from app.services.conflicts import facts
from app.services.experts import vocabulary
from app.stages.funding.queries import proposal_of
from app.stages.proposals import judging

facts.register("appraisal", lambda row: judging.parts(proposal_of(row)))
vocabulary.register_object("appraisal", lambda row: judging.fields(proposal_of(row)))
