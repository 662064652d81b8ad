"""Times as Lines sends them: foreign data, some of which are no times at all."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

_YEARS = range(1970, 2200)


def _read_time(value: object, read: ValidatorFunctionWrapHandler) -> datetime | None:
    try:
        time: datetime | None = read(value)
    except ValidationError:
        return None
    # Beyond these it cannot be put into another zone, compared or shown, and nobody meant it.
    return time if time is not None and time.year in _YEARS else None


Time = Annotated[AwareDatetime | None, WrapValidator(_read_time)]
"""An aware time, or None: also where Lines sends something that is no time from 1970 to 2199."""
