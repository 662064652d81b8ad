"""Secrets that stand in files of their own, as containers and supervisors hand them over."""

from collections.abc import Collection, Mapping
from pathlib import Path

from lines_bot.settings.environment import BadSettings


def read_named_files(
    variables: Mapping[str, str | None], secret: Collection[str]
) -> Mapping[str, str | None]:
    """The variables, with `x` in place of each `x_file` that names where a secret stands.

    Raises BadSettings for a file that cannot be read, and where both are set.
    """
    named = {name: path for name in secret if (path := variables.get(f"{name}_file"))}
    problems, values = [], {}
    for name, path in named.items():
        setting = f"{name.upper()}_FILE"
        if variables.get(name):
            problems.append(f"{name.upper()} and {setting} are both set: take one of them away.")
            continue
        try:
            values[name] = _read(Path(path))
        except OSError as error:
            problems.append(f"{setting} cannot be used: its file cannot be read ({error.strerror}).")
        except ValueError:
            problems.append(f"{setting} cannot be used: its file is not text in UTF-8.")
    if problems:
        raise BadSettings("\n".join(problems))
    return {**variables, **values}


def read_secrets_folder(folder: Path, secret: Collection[str]) -> dict[str, str]:
    """What stands in the folder under the names of settings, in small or capital letters.

    Raises BadSettings for a file that cannot be read.
    """
    values = {}
    for name in secret:
        for path in (folder / name, folder / name.upper()):
            if not path.is_file():
                continue
            try:
                values[name] = _read(path)
            except (OSError, ValueError):
                raise BadSettings(f"{path} cannot be read: let the bot's user read it, as text.") from None
    return {name: value for name, value in values.items() if value}


def _read(path: Path) -> str:
    """The text without the line's end that editors and `echo` leave."""
    return path.read_bytes().decode("utf-8-sig").strip()
