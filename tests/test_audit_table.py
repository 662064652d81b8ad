"""The audit as a table: however a spreadsheet parts the cells, it finds no formula in them."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest

from lines_bot.operations.ledger import Entry, Outcome, Verb
from lines_bot.queries.models import EntrySummary
from lines_bot.telegram.views.audit import write_audit

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PARTS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


def write(words: str) -> str:
    entry = Entry(1, Verb.ASSIGN, words, words, words, NOW, Outcome.FAILED, NOW, words, chat=-1001)
    return write_audit([EntrySummary(entry, "#4f2a91", words, words, words)])


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "＝"])
@pytest.mark.parametrize(
    "before",
    [
        "",
        " ",
        "Kate;",
        "Kate; ",
        "Kate,",
        "Kate\t",
        "Kate|",
        "Kate\n",
        "Kate\r\n",
        'Kate";"',
        "\t",
        "\r",
        ";;",
    ],
)
def test_no_cell_of_any_reading_is_a_formula(before: str, lead: str) -> None:
    table = write(f"{before}{lead}cmd|' /C calc'!A0")
    chat = "-1001"
    for part in PARTS.values():
        for row in csv.reader(io.StringIO(table.replace("\r", "\n"), newline=""), delimiter=part):
            assert not [
                cell for cell in row if re.match(r"[=+\-@＝＋－＠\t\r]", cell.strip(' "')) and cell != chat
            ]
    # One that knows no quotes at all.
    naive = re.split(r"[;,|\t\r\n]", table)
    assert not [cell for cell in naive if re.match(r"[=+\-@＝＋－＠]", cell.strip(' "')) and cell != chat]


@pytest.mark.parametrize("words", ["Kate Brown", "a-b", "a = b", "a; b", "1+1", "kate@company.example"])
def test_harmless_words_stay_as_they_are(words: str) -> None:
    _head, row = csv.reader(io.StringIO(write(words)))
    assert row[1] == row[4] == row[8] == words
