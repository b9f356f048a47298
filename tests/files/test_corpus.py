"""The corpus of uploads: what is honest comes in, all else is refused with a sentence, and no name does harm."""

from __future__ import annotations

import pytest

from app.kernel.errors import Incomplete
from app.services.files.rules import KINDS, check_upload, clean_name
from tests.files.corpus import corpus

pytestmark = pytest.mark.nodb
CASES = list(corpus())


def test_the_corpus_is_large_enough():
    assert len(CASES) >= 60 and len({c[0] for c in CASES}) == len(CASES), len(CASES)


@pytest.mark.parametrize(("name", "content", "refused"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_each_is_judged_rightly(name, content, refused):
    kept = clean_name(name)
    if not refused:
        assert check_upload(kept, content, largest=25 * 2**20) in KINDS.values()
    else:
        with pytest.raises(Incomplete, match=refused) as refusal:
            check_upload(kept, content, largest=25 * 2**20)
        assert refusal.value.field == "file"
    assert 0 < len(kept.encode()) <= 200 and "/" not in kept and "\\" not in kept and kept.isprintable() and not kept.startswith((".", "-"))
    assert kept.partition(".")[0].lower() not in ("con", "nul", "com1") and "\u202e" not in kept and kept == clean_name(kept)
