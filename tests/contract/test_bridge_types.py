"""What TypeScript's own compiler says of the bridge."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contract.bridge_server import BRIDGE, NODE

DECLARATIONS = BRIDGE.with_name("lines-sdk.d.ts")
# Scripts at work silence the platform's editor where they use `flat`: it does not know the library of ES2019.
LANGUAGE = ("--lib", "ES2017", "--moduleDetection", "legacy", "--typeRoots", os.devnull)


def find_compiler() -> Path | None:
    """`tsc` on the PATH, or that of the `typescript` package in TYPESCRIPT_HOME or in this repository."""
    on_path = shutil.which("tsc")
    if on_path:
        return Path(on_path).resolve()
    homes = [Path(os.environ.get("TYPESCRIPT_HOME", BRIDGE.parents[2])), BRIDGE.parents[2]]
    places = [home / "node_modules" / "typescript" / "bin" / "tsc" for home in homes]
    return next((place for place in places if place.exists()), None)


@pytest.fixture(scope="module")
def compiler() -> Path:
    found = find_compiler()
    if found is None and not os.environ.get("CI"):
        pytest.skip("TypeScript is not installed: `npm install --no-save typescript@5` brings it")
    assert found is not None, "CI must install TypeScript: on the PATH, or with TYPESCRIPT_HOME"
    return found


def run(compiler: Path, *arguments: str | Path) -> str:
    command = [NODE, compiler, "--strict", *LANGUAGE, *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def test_the_bridge_compiles_strictly_without_a_browser_node_or_a_newer_library(compiler: Path) -> None:
    checks = (
        "--noEmit",
        "--target",
        "ES2020",
        "--noUnusedLocals",
        "--noUnusedParameters",
        "--noImplicitReturns",
    )
    assert run(compiler, *checks, "--erasableSyntaxOnly", BRIDGE, DECLARATIONS) == ""


def test_no_syntax_of_the_bridge_is_newer_than_es2020(compiler: Path, tmp_path: Path) -> None:
    """What the compiler would have to rewrite for ES2020 comes out different when it need not."""
    emitted = []
    for target in ("ES2020", "ESNext"):
        options = ("--target", target, "--useDefineForClassFields", "false", "--outDir", tmp_path / target)
        assert run(compiler, *options, BRIDGE, DECLARATIONS) == ""
        emitted.append((tmp_path / target / "bridge.js").read_text(encoding="utf-8"))
    assert "async function rpc" in emitted[0]
    assert emitted[0] == emitted[1]


def test_the_shapes_of_the_bridge_fit_the_declared_sdk(compiler: Path, tmp_path: Path) -> None:
    """The bridge reaches the SDK through `unknown`; here the compiler compares the two without it."""
    comparison = tmp_path / "comparison.ts"
    comparison.write_text("const declared: BridgeSystem = System;\nvoid declared;\n", encoding="utf-8")
    assert run(compiler, "--noEmit", "--target", "ES2020", comparison, BRIDGE, DECLARATIONS) == ""


def test_the_script_is_one_function_without_imports_or_exports() -> None:
    source = BRIDGE.read_text(encoding="utf-8")
    lines = source.splitlines()
    assert not [line for line in lines if line.startswith(("import ", "export ")) or "require(" in line]
    assert "async function rpc(req: HttpApiRequest): Promise<HttpResponse | void> {" in lines
