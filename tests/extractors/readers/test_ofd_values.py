"""The values that parts of an OFD package state: numbers, boxes, flags, colors by way of their parameters."""

from __future__ import annotations

from itertools import islice

import pytest
from lxml import etree

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.ofd.package import (
    CharWidths,
    Resources,
    find_child,
    find_children,
    local_name,
    parse_box,
    parse_flag,
    parse_number,
    parse_numbers,
    parse_xml,
    text_of,
    to_outer_matrix,
)
from extractors.readers.ofd.page_objects import _parse_advances, _parse_operations


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.5", 3.5),
        ("-.5", -0.5),
        ("1e3", 1000.0),
        ("1e7", 1e7),
        ("10000001", 1e7),
        ("-10000001", -1e7),
        ("inf", 0.0),
        ("nan", 0.0),
        ("甲", 0.0),
        ("", 0.0),
    ],
)
def test_a_number_is_clipped_to_what_a_page_can_hold(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "count", "values"),
    [
        (None, 4, []),
        ("", 4, []),
        ("1 2,3\t4", 4, [1, 2, 3, 4]),
        ("1 2 3 4 5", 4, [1, 2, 3, 4]),
        ("1 2 3", 4, [1, 2, 3]),
        ("1 2", 1, [1]),
        ("-1.5e1 +.5", 2, [-15, 0.5]),
    ],
)
def test_a_list_of_numbers(text: str | None, count: int, values: list[float]) -> None:
    assert parse_numbers(text, count) == values


@pytest.mark.parametrize(
    ("text", "box"), [("1 2 3 4", (1, 2, 3, 4)), ("1 2 3 4 5", (1, 2, 3, 4)), ("1 2 3", None), (None, None)]
)
def test_a_box_has_four_numbers(text: str | None, box: tuple[float, ...] | None) -> None:
    assert parse_box(text) == box


@pytest.mark.parametrize(
    ("value", "is_set"), [("true", True), (" TRUE ", True), ("1", True), ("false", False), ("0", False), ("甲", False)]
)
def test_a_flag(value: str, is_set: bool) -> None:
    element = etree.fromstring(f'<a Fill="{value}"/>')
    assert parse_flag(element, "Fill", default=not is_set) is is_set
    assert [parse_flag(element, "Stroke", default=default) for default in (True, False)] == [True, False]


@pytest.mark.parametrize(
    ("attributes", "matrix"),
    [
        ("", (1, 0, 0, 1, 0, 0)),
        ('Boundary="5 6 7 8"', (1, 0, 0, 1, 5, 6)),
        ('Boundary="5"', (1, 0, 0, 1, 0, 0)),
        ('CTM="2 0 0 3 4 5"', (2, 0, 0, 3, 4, 5)),
        ('CTM="2 0 0 3 4"', (1, 0, 0, 1, 0, 0)),
        ('Boundary="5 6 7 8" CTM="2 0 0 3 4 5"', (2, 0, 0, 3, 9, 11)),
    ],
)
def test_the_matrix_of_an_object(attributes: str, matrix: tuple[float, ...]) -> None:
    element = etree.fromstring(f"<a {attributes}/>")
    assert to_outer_matrix(element, (1, 0, 0, 1, 0, 0)) == matrix
    a, b, c, d, e, f = matrix
    assert to_outer_matrix(element, (2, 0, 0, 2, 10, 20)) == (2 * a, 2 * b, 2 * c, 2 * d, 2 * e + 10, 2 * f + 20)


@pytest.mark.parametrize(
    ("text", "advances"),
    [
        (None, []),
        ("1 2.5", [1, 2.5]),
        ("1,2", [1, 2]),
        ("g 3 2", [2, 2, 2]),
        ("1 G 2 3 4", [1, 3, 3, 4]),
        ("g -1 2 5", [5]),
        ("g 2", [0, 0]),
        ("g", []),
    ],
)
def test_distances_of_characters(text: str | None, advances: list[float]) -> None:
    assert list(_parse_advances(text)) == advances


def test_repeated_distances_have_no_end_of_their_own() -> None:
    assert list(islice(_parse_advances("g 1e7 2"), 3)) == [2, 2, 2]


def test_elements_by_name_whatever_their_namespace() -> None:
    root = etree.fromstring('<x:a xmlns:x="urn:1" xmlns:y="urn:2"><y:b><c> 1 </c></y:b><b>2</b><!-- d --></x:a>')
    assert [local_name(element) for element in root] == ["b", "b", ""]
    assert [text_of(element) for element in find_children(root, "b")] == ["", "2"]
    assert text_of(find_child(root, "b", "c")) == "1"
    assert find_child(root, "c", "b") is find_child(None, "b") is None
    assert find_child(root) is root
    assert text_of(None) == ""


def params(count: int) -> Resources:
    """Parameters that refer to each other; the last of them has a color."""
    inner = "".join(f'<DrawParam ID="{n}" Relative="{n + 1}"/>' for n in range(1, count))
    last = f'<DrawParam ID="{count}"><FillColor Value="{count}"/></DrawParam>'
    resources = Resources()
    resources.add_part(etree.fromstring(f"<Res><DrawParams>{inner}{last}</DrawParams></Res>"), "Res.xml")
    return resources


@pytest.mark.parametrize(("count", "is_found"), [(1, True), (8, True), (9, False)])
def test_a_color_by_way_of_parameters(count: int, is_found: bool) -> None:
    resources = params(count)
    for element, layer in (('<TextObject DrawParam="1"/>', ""), ("<TextObject/>", "1")):
        color = resources.find_color(etree.fromstring(element), layer, "FillColor")
        assert (color is not None and color.get("Value") == str(count)) is is_found
    assert resources.find_color(etree.fromstring("<TextObject/>"), "", "FillColor") is None
    own = etree.fromstring('<TextObject DrawParam="1"><FillColor Value="own"/></TextObject>')
    color = resources.find_color(own, "1", "FillColor")
    assert color is not None
    assert color.get("Value") == "own"


@pytest.mark.parametrize(
    ("base", "below"), [("", "a.png"), ("Res", "Res/a.png"), ("Res/", "Res/a.png"), (" Res ", "Res/a.png")]
)
def test_where_pictures_are(base: str, below: str) -> None:
    item = '<MultiMedia ID="7"><MediaFile> a.png </MediaFile></MultiMedia>'
    resources = Resources()
    root = etree.fromstring(f'<Res BaseLoc="{base}"><MultiMedias>{item}</MultiMedias></Res>')
    resources.add_part(root, "Doc_0/Res.xml")
    assert resources.media == {"7": (below, "a.png", "Doc_0/Res.xml")}


@pytest.mark.parametrize(("count", "is_read"), [(3, True), (4, False)])
def test_elements_of_a_part(count: int, is_read: bool) -> None:
    data = f"<a>{'<b></b>' * (count - 1)}</a>".encode()
    limits = Limits(max_nodes=3)
    if is_read:
        assert len(parse_xml(data, "a.xml", limits)) == count - 1
    else:
        with pytest.raises(ReadError, match="的元素超过上限 3 个"):
            parse_xml(data, "a.xml", limits)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_refused_in_every_encoding(encoding: str) -> None:
    with pytest.raises(ReadError, match="DTD"):
        parse_xml("<!DOCTYPE a><a/>".encode(encoding), "a.xml", Limits())


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a></b>", b"\xff<a/>"])
def test_a_damaged_part(data: bytes) -> None:
    with pytest.raises(ReadError, match="已损坏"):
        parse_xml(data, "a.xml", Limits())


@pytest.mark.parametrize(
    ("char", "usual", "widest"),
    [
        ("文", 1.0, None),
        ("¡", 1.0, 1.1),
        ("m", 0.9, 1.05),
        ("@", 0.9, 1.05),
        ("A", 0.7, 0.9),
        ("a", 0.5, 0.7),
        ("1", 0.5, 0.7),
    ],
)
def test_widths_of_characters(char: str, usual: float, widest: float | None) -> None:
    assert CharWidths().estimate("1", char) == usual
    if widest is None:
        assert CharWidths().estimate("1", char, 0.4) == usual
        return
    for advance, width in ((widest, widest), (widest + 0.01, usual), (0.3, 0.3), (0.0, usual), (-0.1, usual)):
        widths = CharWidths()
        assert widths.estimate("1", char, advance) == width
        assert widths.estimate("1", char) == width
        assert widths.estimate("2", char) == usual


def test_the_least_advance_is_the_width_and_figures_are_alike() -> None:
    widths = CharWidths()
    assert [widths.estimate("1", char, advance) for char, advance in (("3", 0.6), ("8", 0.55), ("5", 0.65))] == [
        0.6, 0.55, 0.55
    ]  # fmt: skip
    assert [widths.estimate("1", char) for char in "0a"] == [0.55, 0.5]


@pytest.mark.parametrize(
    ("data", "operations"),
    [
        ("M 1 2 L 3 4 C", [("M", [1, 2]), ("L", [3, 4]), ("C", [])]),
        ("m 1 2 3 4", [("M", [1, 2]), ("M", [3, 4])]),
        ("M 1 2 L 3", [("M", [1, 2])]),
        ("1 2 M 3 4", []),
        ("M 1 2 C 5 6 L 3 4", [("M", [1, 2]), ("C", [])]),
        ("M 1 2 X 3 4 L 5 6", [("M", [1, 2])]),
        ("Q 1 2 3 4 B 1 2 3 4 5 6", [("Q", [1, 2, 3, 4]), ("B", [1, 2, 3, 4, 5, 6])]),
    ],
)
def test_a_path_is_read_as_far_as_it_follows_the_standard(data: str, operations: list[tuple[str, list[float]]]) -> None:
    assert list(_parse_operations(data)) == operations
