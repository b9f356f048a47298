"""What is said of the mails of an act is what its code may write; every mail has its line in the register."""

from __future__ import annotations

import json
import re

import pytest

from app import create_app
from app.services.mails.register import GROUPS, MAILS, Need, group_of
from tests.support import sending

pytestmark = pytest.mark.nodb


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return create_app("test", commands=False, SQLALCHEMY_DATABASE_URI="sqlite://", INSTANCE_FOLDER=str(tmp_path_factory.mktemp("told")))


def test_what_is_announced_is_what_the_code_may_write(made):
    assert json.loads(sending.FILE.read_text()) == sending.found(made), "python -m tests.support.sending"


def test_every_mail_has_a_line_and_a_group(made):
    shipped = {n for n in made.jinja_env.list_templates() if re.fullmatch(r"\w+/mail/\w+\.txt", n)}
    assert shipped == set(MAILS)
    assert {group_of(name) for name in MAILS} <= set(GROUPS)


def test_only_mails_that_no_act_and_no_worker_need_may_be_left_out():
    """A mail that asks for an answer by a day, or that the law asks for, is never a courtesy."""
    for name, mail in MAILS.items():
        if re.search(r"_(due|asked|late)\.txt$|returned|suspended|terminated|decided|checked", name):
            assert mail.need != Need.COURTESY, name
