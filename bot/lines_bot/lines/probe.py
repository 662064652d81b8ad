"""What a bridge saw of its platform: names, shapes, counts and times, never what anybody wrote."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_$][A-Za-z0-9_$]{0,63}$")]
Code = bool | Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")]
Path = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,20}[. ][A-Za-z_$][A-Za-z0-9_$]{0,63}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+-]{1,32}$")]
Shape = Annotated[
    str,
    StringConstraints(
        pattern=r"^(list of )*(empty|empty list|text|time as text|number|boolean|bigint|function|symbol"
        r"|Datetime|Date|reference|item|object with id|object with code|object)$"
    ),
]
Count = Annotated[int, Field(ge=0)]
Milliseconds = Annotated[float, Field(ge=0)]
Collection = Annotated[
    str, StringConstraints(pattern=r"^(lines|channels|clients|sessions|users|userGroups|metrics|messages)$")
]


class _Observed(BaseModel):
    """Whatever else a bridge sends is left out: it could be anything."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class PageSize(_Observed):
    """How many rows came where `asked` were asked for; `is_cut` when there were more."""

    asked: Count
    brought: Count
    is_cut: bool = Field(alias="isCut")


class Company(_Observed):
    """The differences that a script holds, as `BridgeCompany` in it has them."""

    comparisons: dict[Path, Name | None] = {}
    groups: dict[Literal["or", "not"], Name | None] = {}
    field_names: dict[Path, Name | None] = Field({}, alias="fieldNames")
    plain_ids: list[Path] | None = Field(None, alias="plainIds")
    times: Literal["Datetime", "Date", "text"] | None = None
    neq_finds_empty: bool | None = Field(None, alias="neqFindsEmpty")
    sort_keys: Count | None = Field(None, alias="sortKeys")
    metrics: Name | None = None
    codes: dict[Path, dict[Name, Code]] = {}
    plain_codes: list[Path] = Field([], alias="plainCodes")


class Metrics(_Observed):
    """What stands beside the documented collections with its methods; codes of the metrics' rows by field."""

    beside: dict[Name, list[Name]] = {}
    codes: dict[Name, list[Code]] = {}


class Probe(_Observed):
    """What was seen; None, or a key that is missing, is what could not be.

    `collections` counts rows. `sort_keys` 2 stands for any number. `message_order` is 1 for oldest first, -1
    for newest first. `late`: the time was up before everything was looked at.
    """

    bridge: Version
    company: Company = Company()
    collections: dict[Collection, Count]
    milliseconds: dict[Literal["search", "count", "fetch", "ten"], Milliseconds] | None = None
    user: bool | None = None
    fields: dict[Collection, dict[Name, list[Shape]]] | None = None
    conditions: dict[Collection, list[Name]] | None = None
    enumerations: dict[Path, list[Name]] | None = None
    codes: dict[Path, list[Code]] | None = None
    groups: dict[Literal["or", "not"], Name | None] | None = None
    operators: dict[Path, Name | None] | None = None
    references: dict[Path, Literal["item", "id"] | None] | None = None
    times: Literal["Datetime", "Date", "text"] | None = None
    plain_codes: list[Path] | None = Field(None, alias="plainCodes")
    neq_finds_empty: bool | None = Field(None, alias="neqFindsEmpty")
    sort_keys: Count | None = Field(None, alias="sortKeys")
    pages: dict[Literal["search", "messages", "users"], PageSize] | None = None
    message_order: Literal[-1, 0, 1] | None = Field(None, alias="messageOrder")
    metrics: Metrics | None = None
    late: bool = False
