"""What a message may hold: pure checks of text, entities and buttons. Lengths are in UTF-16 units."""

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from lines_bot.sandbox.telegram.refusals import bad_request

TEXT = 4096
CAPTION = 1024
CALLBACK_ANSWER = 200
CALLBACK_DATA_BYTES = 64
COPY_TEXT = 256
BUTTONS = 100
BUTTON_STYLES = ("danger", "primary", "success")
BUTTONS_IN_A_ROW = 8

_BUTTON_KINDS = ("url", "callback_data", "copy_text", "disabled", "switch_inline_query_current_chat")
_FOUND_IN_TEXT = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?<![\w/@<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/<>])"
    r"|(?<![\w/@])(?P<mention>@[A-Za-z]\w{3,31})(?!\w)"
)


def length(text: str) -> int:
    """The length that Telegram counts."""
    return len(_utf16(text)) // 2


def cut(text: str, entity: MessageEntity) -> str:
    """The part of a text that an entity covers."""
    encoded = _utf16(text)
    return encoded[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")


def check_text(text: str | None, entities: Sequence[MessageEntity]) -> str:
    """Returns the text that is kept: Telegram drops white space at the end."""
    if not text:
        raise bad_request("message text is empty")
    if not text.strip():
        raise bad_request("text must be non-empty")
    if length(text) > TEXT:
        raise bad_request("message is too long")
    _check_entities(text, entities)
    return text.rstrip()


def check_caption(caption: str, entities: Sequence[MessageEntity]) -> str:
    if length(caption) > CAPTION:
        raise bad_request("message caption is too long")
    _check_entities(caption, entities)
    return caption.rstrip()


def clip(entities: Iterable[MessageEntity], text: str) -> list[MessageEntity]:
    """The entities of a text whose end was dropped."""
    end = length(text)
    return [
        entity.model_copy(update={"length": min(entity.length, end - entity.offset)})
        for entity in entities
        if entity.offset < end and entity.length
    ]


def found_entities(text: str, known: Sequence[MessageEntity] = ()) -> list[MessageEntity]:
    """The links, commands and mentions that Telegram finds by itself where the sender marked nothing."""
    taken = [(entity.offset, entity.offset + entity.length) for entity in known]
    found = []
    for match in _FOUND_IN_TEXT.finditer(text):
        offset, size = length(text[: match.start()]), length(match.group())
        if match.lastgroup and all(offset + size <= start or end <= offset for start, end in taken):
            found.append(MessageEntity(type=match.lastgroup, offset=offset, length=size))
    return found


def check_keyboard(markup: InlineKeyboardMarkup) -> None:
    rows = markup.inline_keyboard
    if sum(map(len, rows)) > BUTTONS or any(len(row) > BUTTONS_IN_A_ROW for row in rows):
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)


def _check_button(button: InlineKeyboardButton) -> None:
    if not button.text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if all(getattr(button, kind) is None for kind in _BUTTON_KINDS):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if button.style not in (None, *BUTTON_STYLES):
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    data = button.callback_data
    if data is not None and not 0 < len(data.encode(errors="replace")) <= CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.copy_text and not 0 < length(button.copy_text.text) <= COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if button.url is not None and not re.match(r"(https?|tg|tonsite)://\S+", button.url):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: Unsupported URL protocol")


def _check_entities(text: str, entities: Sequence[MessageEntity]) -> None:
    encoded = _utf16(text)
    end = len(encoded) // 2
    for entity in entities:
        start, stop = entity.offset, entity.offset + entity.length
        if start < 0:
            raise bad_request(f"receive an entity with incorrect offset {start}")
        if entity.length < 0:
            raise bad_request(f"receive an entity with incorrect length {entity.length}")
        if start >= end:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {start}")
        if stop > end:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text "
                f"at UTF-16 offset {stop}"
            )
        if _inside_a_character(encoded, start):
            raise bad_request(
                f"entity begins in a middle of a UTF-16 symbol at byte offset {_byte_offset(encoded, start)}"
            )
        if _inside_a_character(encoded, stop):
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol "
                f"at byte offset {_byte_offset(encoded, stop)}"
            )
    # Telegram silently drops or splits entities that cross each other: a bot under test should hear of it.
    spans = sorted((entity.offset, entity.offset + entity.length) for entity in entities)
    for (start, stop), (other_start, other_stop) in combinations(spans, 2):
        if start < other_start < stop < other_stop:
            raise bad_request(
                f"can't parse entities: the entities at UTF-16 offsets {start} and {other_start} cross"
            )


def _utf16(text: str) -> bytes:
    try:
        return text.encode("utf-16-le")
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _inside_a_character(encoded: bytes, offset: int) -> bool:
    unit = encoded[offset * 2 : offset * 2 + 2]
    return len(unit) == 2 and 0xDC <= unit[1] <= 0xDF


def _byte_offset(encoded: bytes, offset: int) -> int:
    return len(encoded[: (offset - 1) * 2].decode("utf-16-le").encode())
