"""One notice in several files: which is kept, and why the others are not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from assets.ingest.duplicates import NoticeIdentity, find_duplicates, fingerprint_texts

BASE = NoticeIdentity(
    "b.docx",
    "1" * 64,
    "docx",
    "甲文明办〔2021〕3号",
    "甲州市文明办",
    "通知",
    fingerprint_texts(["成立小组", "制定方案"]),
)


def other(path: str, carrier: str = "text", **changed: Any) -> NoticeIdentity:
    return replace(BASE, source_path=path, sha256=path.ljust(64, "0"), format=carrier, **changed)


def kept_for(*identities: NoticeIdentity) -> dict[str, str]:
    """duplicate -> kept, the same for every order of arrival."""
    answers = [
        {path: one.duplicate_of for path, one in find_duplicates(order).items()}
        for order in itertools.permutations(identities)
    ]
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


def test_identical_bytes_keep_the_earlier_path() -> None:
    assert kept_for(BASE, replace(BASE, source_path="a.docx")) == {"b.docx": "a.docx"}


def test_same_number_in_other_carriers_keeps_the_best() -> None:
    found = kept_for(BASE, other("a.txt"), other("a.pdf", "pdf"), other("a.jpg", "pdf_scan"))
    assert found == {"a.txt": "b.docx", "a.pdf": "b.docx", "a.jpg": "b.docx"}


def test_the_reason_names_the_kept_file() -> None:
    reason = find_duplicates([BASE, other("a.txt")])["a.txt"].reason
    assert reason == "与另一文件是同一通知（文号 甲文明办〔2021〕3号）的不同格式，已采用“b.docx”"


@pytest.mark.parametrize("number", ["甲文明办[2021]3号", "甲文明办（2021） 3 号"])
def test_the_number_is_one_whatever_its_brackets(number: str) -> None:
    assert kept_for(BASE, other("a.txt", doc_number=number)) == {"a.txt": "b.docx"}


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "乙州市文明办"},
        {"doc_number": "甲文明办〔2021〕4号"},
        {"requirements": fingerprint_texts(["另一附件的要求"])},
    ],
    ids=["other issuer", "other number", "an annex of its own"],
)
def test_other_notices_stand(changed: dict[str, Any]) -> None:
    assert kept_for(BASE, other("a.txt", **changed)) == {}


def test_same_number_in_the_same_carrier_is_another_edition() -> None:
    assert kept_for(BASE, other("a.docx", "docx", requirements=fingerprint_texts(["成立小组", "改写方案"]))) == {}


def test_without_a_number_title_issuer_and_texts_decide() -> None:
    bare = replace(BASE, doc_number=None)
    assert kept_for(bare, other("a.docx", "docx", doc_number=None)) == {"b.docx": "a.docx"}
    assert kept_for(bare, other("a.docx", "docx", doc_number=None, requirements=fingerprint_texts(["成立小组"]))) == {}
    assert kept_for(bare, other("a.docx", "docx", doc_number=None, title="另一通知")) == {}
    assert kept_for(replace(bare, requirements=b""), other("a.txt", doc_number=None, requirements=b"")) == {}
