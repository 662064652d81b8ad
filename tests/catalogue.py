"""`python -m tests.catalogue`: bring the catalogues up to date with the sentences in the code.

New sentences come to the end, without a translation; those that the code lost go. An empty
`messages.po` in the folder of a new language is filled.
"""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "bot/lines_bot/locales"
Sentence = str | tuple[str, ...]


def list_sentences() -> Sequence[Sentence]:
    """Every sentence that the code marks as one; several forms where a count decides."""
    found = (
        message
        for folder in ("bot", "handlers")
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")]
        )
    )
    return list(dict.fromkeys(found))


def update_catalogue(text: bytes, locale: str, sentences: Iterable[Sentence]) -> tuple[bytes, int]:
    """A catalogue with exactly these sentences, in its own order, and how many have no translation yet."""
    catalogue = read_po(io.BytesIO(text), locale=locale)
    wanted = list(sentences)
    for held in [message.id for message in catalogue if message.id]:
        if (held if isinstance(held, str) else tuple(held)) not in wanted:
            catalogue.delete(held)
    for sentence in wanted:
        if sentence not in catalogue:
            catalogue.add(sentence)
    written = io.BytesIO()
    write_po(written, catalogue, ignore_obsolete=True)
    untranslated = sum(not any(message.string or "") for message in catalogue if message.id)
    return written.getvalue(), untranslated


def main() -> None:
    sentences = list_sentences()
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/messages.po")):
        locale = path.parent.parent.name
        text, untranslated = update_catalogue(path.read_bytes(), locale, sentences)
        path.write_bytes(text)
        print(f"{locale}: {untranslated} of {len(sentences)} sentences to translate")  # noqa: T201


if __name__ == "__main__":
    main()
