"""Sentences that are written where the language is not known yet."""


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for "translate this later"
    """Mark a sentence for the catalogues."""
    return text
