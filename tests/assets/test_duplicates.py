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


def other(path: str, file_format: str = "text", **changed: Any) -> NoticeIdentity:
    return replace(BASE, source_path=path, sha256=path.ljust(64, "0"), format=file_format, **changed)


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


def test_same_number_in_other_formats_keeps_the_best() -> None:
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


def test_same_number_in_the_same_format_is_another_edition() -> None:
    assert kept_for(BASE, other("a.docx", "docx", requirements=fingerprint_texts(["成立小组", "改写方案"]))) == {}


def test_without_a_number_title_issuer_and_texts_decide() -> None:
    bare = replace(BASE, doc_number=None)
    assert kept_for(bare, other("a.docx", "docx", doc_number=None)) == {"b.docx": "a.docx"}
    assert kept_for(bare, other("a.docx", "docx", doc_number=None, requirements=fingerprint_texts(["成立小组"]))) == {}
    assert kept_for(bare, other("a.docx", "docx", doc_number=None, title="另一通知")) == {}
    assert kept_for(replace(bare, requirements=b""), other("a.txt", doc_number=None, requirements=b"")) == {}


def test_of_a_notice_in_every_format_the_one_with_most_structure_is_kept() -> None:
    formats = ["docx", "xlsx", "xls", "html", "odt", "rtf", "doc", "wps", "zip", "pdf", "ofd", "text", "pdf_scan", "x"]
    left = [other(f"{name}.file", name) for name in formats]
    order = []
    while len(left) > 1:
        (kept,) = {one.duplicate_of for one in find_duplicates(left).values()}
        order.append(kept.removesuffix(".file"))
        left = [one for one in left if one.source_path != kept]
    assert [*order, left[0].format] == [
        "docx", "xls", "xlsx", "html", "doc", "odt", "rtf", "wps", "zip", "pdf", "ofd", "text", "pdf_scan", "x",
    ]  # fmt: skip


def test_an_attachment_of_a_page_is_reported_as_such_even_where_it_repeats_another() -> None:
    page = other("page.html", "html", doc_number=None, title="别的", attached=("fj.docx",))
    annex = other("fj.docx", "docx")
    again = other("z.pdf", "pdf")
    assert {path: one.duplicate_of for path, one in find_duplicates([BASE, again, annex, page]).items()} == {
        "fj.docx": "page.html",
        "z.pdf": "b.docx",
    }


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, True),
        ({"doc_number": "甲文明办（2021）3号"}, True),
        ({"doc_number": "甲文明办[2021] 3号"}, True),
        ({"doc_number": "甲文明办〔2021〕4号"}, False),
        ({"doc_number": None, "file_format": "docx"}, False),
        ({"doc_number": None, "title": "通 知"}, False),
        ({"issuer": None}, True),
        ({"issuer": "甲州市 文明办"}, True),
        ({"issuer": "乙州市文明办"}, False),
        ({"file_format": "docx"}, True),
        ({"file_format": "docx", "issuer": None}, False),
        ({"file_format": "docx", "title": "另一通知"}, False),
        ({"file_format": "docx", "requirements": fingerprint_texts(["成立小组"])}, False),
        ({"file_format": "docx", "requirements": b""}, False),
        ({"requirements": fingerprint_texts(["成立小组"])}, True),
        ({"requirements": fingerprint_texts(["成立 小组", "", None, "别的"])}, True),
        ({"requirements": fingerprint_texts(["别的"])}, False),
        ({"requirements": b""}, True),
    ],
)
def test_what_makes_two_files_one_notice(changed: dict[str, Any], same: bool) -> None:
    given = {name: value for name, value in changed.items() if name != "file_format"}
    assert bool(find_duplicates([BASE, other("c.file", changed.get("file_format", "text"), **given)])) is same
