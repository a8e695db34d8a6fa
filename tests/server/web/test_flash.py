"""The word left for the next page, which a browser may have forged."""

from __future__ import annotations

import base64
import json

import pytest

from tests.support.server import Served

MADE_UP = [5, ["done", []], ["done", {}], ["done"], [["done"], "saved"], ["done", "no_such_code"], "done"]


def kept(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize("value", MADE_UP, ids=str)
@pytest.mark.slow
def test_a_forged_word_for_the_next_page_was_an_error(served: Served, value: object) -> None:
    http = served.person("member").http
    answer = http.get("/counting", headers={"cookie": f"weike_flash={kept(value)}"})
    assert answer.status_code == 200
    assert 'class="flash' not in answer.text.replace('class="flashes"', "")


def test_a_word_of_ours_is_shown(served: Served) -> None:
    http = served.person("member").http
    answer = http.get("/counting", headers={"cookie": f"weike_flash={kept(['done', 'saved'])}"})
    assert "已保存。" in answer.text
