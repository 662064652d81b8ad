"""What others put round the settings: encodings, quotes, and a language of the system's own."""

import re
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("en", "ru")


class BadSettings(Exception):
    """One sentence a line, each naming the setting and what is wrong with it; never its value."""


def check_file(path: Path) -> None:
    """Raises BadSettings if there is a file that cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return
    except IsADirectoryError:
        raise BadSettings(f"{path} is a folder: put a file with the settings in its place.") from None
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}. Let the bot's user read it.") from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise BadSettings(f"{path} cannot be read: it is not text in UTF-8. Save it again in that encoding.")


def clean_environment(
    variables: Mapping[str, str | None], *, is_language_set: bool
) -> Mapping[str, str | None]:
    """The environment without what others put into it.

    Docker passes the quotes of its env file on. Systems have a LANGUAGE of their own: unless it is exactly
    one of ours it counts less than the file.
    """
    bare = {name: _unquote(value) for name, value in variables.items() if value is not None}
    language = bare.pop("language", "").strip()
    if language.lower() not in LANGUAGES:
        language = "" if is_language_set else _read_locale(language) or ""
    return {name: value for name, value in {**bare, "language": language}.items() if value}


def _unquote(value: str) -> str:
    quoted = re.fullmatch(r"""\s*(["'])(.*)\1\s*""", value, re.DOTALL)
    return quoted[2] if quoted else value.strip() or value


def _read_locale(value: str) -> str | None:
    """The first language of ours in what a system calls its language, like ru_RU:en or en_US.UTF-8."""
    codes = [part[:2].lower() for part in value.split(":") if re.fullmatch(r"[A-Za-z]{2}([_.@].*)?", part)]
    return next((code for code in codes if code in LANGUAGES), None)
