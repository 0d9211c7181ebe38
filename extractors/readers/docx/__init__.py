"""docx straight from its XML: what stands on the page, with spans, numbers, notes and accepted changes."""

from __future__ import annotations

from extractors.document import Document, ReadNote
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers.docx.block_iterator import Flow
from extractors.readers.docx.body import BodyReader
from extractors.readers.docx.lookup_tables import Index
from extractors.readers.docx.media import Media
from extractors.readers.docx.notes import NoteMarks
from extractors.readers.docx.numbering import Numbering
from extractors.readers.docx.package_parts import open_parts
from extractors.readers.docx.runs import InlineReader
from extractors.readers.docx.styles import Styles
from extractors.readers.docx.tables import TableReader
from extractors.table_words import NO_WORDS, TableWords


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """The document in a docx, docm or dotx package, transitional or strict.

    Headers, footers, comments and hidden text are left out; tracked changes read as accepted. Raises `ReadError`
    for a damaged, encrypted or hostile package.
    """
    parts = open_parts(data, limits)
    notes: list[ReadNote] = list(parts.lost)
    styles = Styles(parts.styles)
    marks = NoteMarks(parts)
    index = Index(may_hide=parts.may_hide, may_use_symbol_fonts=parts.may_use_symbol_fonts)
    for root in (parts.body, parts.footnotes, parts.endnotes):
        if root is not None:
            index.add(root)
    inline = InlineReader(
        styles, marks, index, may_hide=parts.may_hide, may_use_symbol_fonts=parts.may_use_symbol_fonts
    )
    flow = Flow(styles, Numbering(parts.numbering, styles), inline, index)
    body = BodyReader(
        flow, TableReader(flow, index, Media(data, parts.media, limits), limits, notes, words=words), notes
    )
    body.read(parts.body)
    body.read_notes(marks)
    return Document("docx", tuple(body.blocks), tuple(notes))
