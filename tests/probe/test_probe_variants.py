"""What a probe names in companies whose platform is not as expected: every difference, and nothing else."""

import random

import pytest

from lines_bot.probe.facts import is_fitted, list_differences
from lines_bot.probe.fitting import find_differences, write_script
from tests.contract.bridge_server import BRIDGE, BridgeServer
from tests.contract.documents import standard
from tests.contract.servers import Caller
from tests.probe.companies import WORDS
from tests.probe.contract_cases import CASES, Case
from tests.probe.fitted import fit, look
from tests.probe.variants import VARIANTS, Variant, join, spread

pytestmark = pytest.mark.asyncio(loop_scope="package")

READS = {"search", "count", "fetch", "getAllMessages", "users", "getCurrentUser"}


def choose_variants(seed: int) -> Variant:
    """A few variants of different kinds."""
    chooser = random.Random(seed)
    kinds = chooser.sample(sorted({each.kind for each in VARIANTS} - {"pages"}), 4)
    return join([chooser.choice([each for each in VARIANTS if each.kind == kind]) for kind in kinds])


COMBINATIONS = [choose_variants(seed) for seed in range(20)]


@pytest.mark.parametrize("variant", [*VARIANTS, *COMBINATIONS], ids=lambda variant: variant.name)
async def test_every_difference_is_named_and_nothing_else(platform: BridgeServer, variant: Variant) -> None:
    probe = await look(platform, variant)
    assert {fact.title for fact in list_differences(probe)} == variant.named
    told = probe.model_dump_json()
    assert [word for word in WORDS if word in told] == []
    operations = (await platform.report())["operations"]
    assert {each.partition(".")[2] for each in operations} <= READS


# What no script can make of a platform: who is online where it does not tell, a time that it does not move,
# a text that was parsed already from one that is still to be.
IMPOSSIBLE = {
    "parsed bodies": ("{'call': 'x'}", "test_what_is_not_json_is_refused"),
    "no presence": ("presence", "offline"),
    "reassignment moves no time": ("test_an_open_session_can_be_assigned_to_an_operator",),
}


def is_possible(case: Case, variant: Variant) -> bool:
    words = [word for name, words in IMPOSSIBLE.items() if name in variant.name for word in words]
    return not any(word in case.name for word in words)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("variant", spread(VARIANTS), ids=lambda variant: variant.name[:60])
async def test_a_fitted_script_keeps_the_whole_contract(platform: BridgeServer, variant: Variant) -> None:
    caller = Caller(await fit(platform, variant))
    try:
        for case in CASES:
            if is_possible(case, variant):
                await caller.handle.load(standard())
                await case.run(caller)
    finally:
        await caller.close()


@pytest.mark.parametrize("variant", spread(VARIANTS), ids=lambda variant: variant.name[:60])
async def test_a_fitted_script_is_known_as_such(platform: BridgeServer, variant: Variant) -> None:
    script = write_script(BRIDGE.read_text(encoding="utf-8"), find_differences(await look(platform, variant)))
    again = await look(platform, variant, script)
    assert is_fitted(again)
    assert write_script(script, find_differences(again)) == script
