from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.companies import IDS, Json, companies, mutations, reads
from tests.contract.conftest import Running
from tests.contract.servers import Caller

pytestmark = pytest.mark.asyncio(loop_scope="session")

KNOWN = {identifier for identifiers in IDS.values() for identifier in identifiers}


async def ask(caller: Caller, calls: list[Json]) -> list[Json]:
    batch = [{"jsonrpc": "2.0", "id": number, **call} for number, call in enumerate(calls)]
    return sorted(await caller.post(batch), key=lambda answer: int(answer["id"]))


async def run(caller: Caller, company: Json, changes: list[Json], questions: list[Json]) -> list[Json]:
    """The answers to changes made one after the other, to questions asked at once, and the company then."""
    await caller.handle.load(company)
    answers = [(await ask(caller, [change]))[0] for change in changes]
    answers += await ask(caller, questions)
    whole = [{"method": f"{name}.search", "params": {"size": 100}} for name in IDS]
    return answers + await ask(caller, whole)


def comparable(answers: list[Json]) -> Any:
    """Without nulls and texts of errors, and with the ids of what was created replaced by their order."""
    created = {text: number for number, text in enumerate(dict.fromkeys(ids_made(answers)))}

    def strip(value: Any) -> Any:
        match value:
            case {"error": {"code": code, **error}}:
                return code, strip(error.get("data"))
            case dict():
                return {name: strip(each) for name, each in value.items() if each is not None}
            case list():
                return [strip(each) for each in value]
            case str():
                return f"created {created[value]}" if value in created else value
            case _:
                return value

    return strip(answers)


def ids_made(value: Any) -> Iterator[str]:
    match value:
        case {"__id": str(identifier)} if identifier not in KNOWN:
            yield identifier
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from ids_made(child)


# Shrinking a disagreement takes minutes; the examples themselves take seconds.
@pytest.mark.timeout(400)
@given(
    company=companies,
    changes=st.lists(mutations, max_size=6),
    questions=st.lists(reads, min_size=1, max_size=6),
)
@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
async def test_all_servers_answer_alike_and_end_alike(
    running: Running, company: Json, changes: list[Json], questions: list[Json]
) -> None:
    first, *others = [
        comparable(await run(caller, company, changes, questions)) for caller in running.values()
    ]
    for other in others:
        assert other == first
