import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lines_bot.lines import (
    BadAnswer,
    GroupNotInLine,
    LinesError,
    NotFound,
    OpenSessionExists,
    PlatformError,
    ProtocolError,
    Refused,
    WrongState,
)
from lines_bot.lines.answers import read_error, read_outcomes
from lines_bot.lines.content import read_json
from lines_bot.lines.errors import refusal

REASONS = {
    "not_found", "forbidden", "not_reconnectable", "spam_not_allowed", "unspam_not_allowed", "wrong_state",
    "not_assignee", "no_bot", "group_not_in_line", "operator_offline", "open_session_exists",
    "no_prior_contact", "app_not_bound", "platform",
}  # fmt: skip
members = st.sampled_from(["id", "jsonrpc", "result", "error", "code", "message", "data", "reason"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(members | st.text(), inner),
    max_leaves=20,
)


def is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def test_each_reason_of_the_contract_has_its_own_class() -> None:
    assert {kind.reason for kind in Refused.__subclasses__()} == REASONS
    for reason in REASONS:
        error = refusal(reason, "", {})
        assert error.reason == reason
        assert type(error) is not PlatformError or reason == "platform"
        assert str(error)


def test_a_refusal_keeps_its_data_and_the_servers_sentence() -> None:
    error = refusal("not_found", "No such chat.", {"collection": "sessions", "id": "s", "more": 1})
    assert isinstance(error, NotFound)
    assert (error.collection, error.id, str(error)) == ("sessions", "s", "No such chat.")
    busy = refusal("open_session_exists", "Busy.", {"session": "s2"})
    assert isinstance(busy, OpenSessionExists)
    assert busy.session == "s2"
    assert isinstance(refusal("group_not_in_line", "No.", {}), GroupNotInLine)


def test_an_unknown_reason_is_the_platforms_and_keeps_its_name() -> None:
    error = refusal("moon_phase", "Not today.", {})
    assert type(error) is PlatformError
    assert (error.reason, str(error)) == ("moon_phase", "Not today.")
    assert PlatformError().reason == "platform"


def test_a_refusal_refuses_details_that_it_does_not_have() -> None:
    with pytest.raises(TypeError, match="WrongState has no colour"):
        WrongState(colour="red")


@pytest.mark.parametrize("code", [-32700, -32600, -32601, -32602])
def test_what_lines_did_not_understand_is_a_protocol_error(code: int) -> None:
    error = read_error({"code": code, "message": "Param 'x' is odd."})
    assert isinstance(error, ProtocolError)
    assert (error.code, str(error)) == (code, "Param 'x' is odd.")


def test_any_other_code_is_the_platforms() -> None:
    assert isinstance(read_error({"code": -32603, "message": "Boom."}), PlatformError)
    assert isinstance(read_error({"code": -32000, "message": "Boom.", "data": ["odd"]}), PlatformError)


def test_answers_are_matched_by_number_in_any_order() -> None:
    document = [{"id": 2, "result": "two"}, {"id": 1, "result": None}, {"id": 9, "result": "nobody's"}]
    assert read_outcomes(document, [1, 2, 3]) == {1: None, 2: "two"}


@pytest.mark.parametrize(
    "unclear",
    [
        [{"id": 1, "result": "a"}, {"id": 1, "result": "a"}],
        [{"id": 1}],
        [{"id": 1, "error": "boom"}],
        [{"id": 1, "error": {"code": "x", "message": "y"}}],
        [{"id": True, "result": "a"}],
        [{"id": "1", "result": "a"}],
        [{"result": "a"}],
        ["a", 1, None, []],
        {},
        "a",
        None,
    ],
)
def test_a_call_without_one_clear_answer_has_none(unclear: object) -> None:
    assert read_outcomes(unclear, [1]) == {}


def test_an_error_about_the_whole_request_is_everybodys_who_has_no_answer() -> None:
    document = [
        {"id": None, "error": {"code": -32600, "message": "Too many."}},
        {"id": 1, "result": "one"},
    ]
    outcomes = read_outcomes(document, [1, 2, 3])
    assert outcomes[1] == "one"
    assert [str(outcomes[number]) for number in (2, 3)] == ["Too many."] * 2
    assert outcomes[2] is not outcomes[3]


@given(anything)
def test_no_json_breaks_the_reading_and_nobody_gets_a_foreign_answer(document: object) -> None:
    outcomes = read_outcomes(document, [1, 2])
    assert outcomes.keys() <= {1, 2}
    assert all(isinstance(each, LinesError) for each in outcomes.values() if isinstance(each, Exception))


@given(anything)
def test_an_error_object_is_read_as_an_error_or_not_at_all(error: object) -> None:
    assert isinstance(read_error(error), LinesError | None)


@given(st.binary().filter(lambda content: not is_json(content)))
def test_bytes_that_are_not_json_are_a_bad_answer(content: bytes) -> None:
    with pytest.raises(BadAnswer, match=r"lines\.example answered with (nothing|something)") as caught:
        read_json(content, httpx.Response(200), "lines.example")
    assert caught.value.status == 200


def test_json_that_is_nested_too_deep_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer):
        read_json(b"[" * 100_000, httpx.Response(200), "lines.example")


@pytest.mark.parametrize(
    ("content", "text"),
    [(rb'["cut \ud83d"]', "cut ?"), (rb'["\ud83d\ude00"]', "😀"), (rb'["\\ud83d"]', r"\ud83d")],
)
def test_half_an_emoji_becomes_a_question_mark_and_whole_ones_stay(content: bytes, text: str) -> None:
    assert read_json(content, httpx.Response(200), "lines.example") == [text]
