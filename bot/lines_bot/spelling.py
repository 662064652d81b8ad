"""One form in which texts of two origins are compared: what people type, and what Lines holds."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import combinations

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_SWAP = str.maketrans(_LATIN + _RUSSIAN, _RUSSIAN + _LATIN)
_QUOTES = str.maketrans("", "", "\"'`´‘’‚‛“”„‟«»‹›′″")
_MINUS = "\u2212"
_FULL_WIDTH = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
_MOST_YO = 2


def normalize(text: str) -> str:
    """Case, width, ё, spaces, quotes, the kind of a dash and invisible characters make no difference."""
    composed = unicodedata.normalize("NFKC", text.casefold()).translate(_QUOTES).replace("ё", "е")
    visible = "".join(_plain(char) for char in composed)
    return " ".join(visible.split())


def spell(text: str) -> list[str]:
    """The text as it is compared, and as it reads in the other keyboard layout."""
    typed = unicodedata.normalize("NFKC", text).casefold()
    return [normalize(text), normalize(typed.translate(_SWAP))]


def split_into_pieces(text: str) -> Sequence[str]:
    """The runs of letters and digits, which every way of writing a name has in common."""
    return re.findall(r"[^\W_]+", normalize(text))


def list_forms(piece: str) -> Sequence[str]:
    """The ways in which one of these pieces may be stored where letters are compared as they are.

    With е or ё, at most two of them ё; composed or decomposed; of full width.
    """
    places = [place for place, char in enumerate(piece) if char == "е"]
    chosen = (
        group for count in range(min(_MOST_YO, len(places)) + 1) for group in combinations(places, count)
    )
    spelled = [
        "".join("ё" if place in group else char for place, char in enumerate(piece)) for group in chosen
    ]
    others = [
        form for each in spelled for form in (unicodedata.normalize("NFD", each), each.translate(_FULL_WIDTH))
    ]
    return list(dict.fromkeys([*spelled, *others]))


def _plain(char: str) -> str:
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category == "Pd" or char == _MINUS:
        return "-"
    # Variation selectors choose how an emoji looks, and are no part of a name.
    is_hidden = category in ("Cc", "Cf", "Cs", "Co", "Cn") or "\ufe00" <= char <= "\ufe0f"
    return "" if is_hidden else char
