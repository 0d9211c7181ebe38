"""Office files under a password, opened where Excel and WPS open them without asking.

A workbook whose structure is protected is encrypted with a password that the format itself names, and every program
tries that one first ([MS-OFFCRYPTO] 2.3.7.1 and [MS-XLS] 2.2.10). A password that somebody chose is never guessed.
"""

from __future__ import annotations

import io
from typing import Any, Final

from extractors.document import ReadError

ENCRYPTED: Final = "文件已加密（设了打开密码），无法读取"
REMOVE_PASSWORD: Final = "请打开后取消密码，另存后重新放入"
_DEFAULT_PASSWORD: Final = "VelvetSweatshop"
_MAX_SPINS: Final = 1_000_000
"""Rounds of the hash over the password; Excel writes 100,000, and each takes a millionth of a second."""


def decrypt(data: bytes) -> bytes:
    """The file inside of one that opens without asking. Raises `ReadError` where the password is somebody's own."""
    import msoffcrypto

    try:
        file: Any = msoffcrypto.OfficeFile(io.BytesIO(data))
        if file.format != "ooxml":
            file.load_key(password=_DEFAULT_PASSWORD)
        elif file.info.get("spinValue", 0) > _MAX_SPINS:
            raise ReadError(ENCRYPTED, REMOVE_PASSWORD)
        else:
            file.load_key(password=_DEFAULT_PASSWORD, verify_password=True)
        inside = io.BytesIO()
        file.decrypt(inside)
    # What its parsers stumble over comes through as it is, from KeyError to expat's own errors (found by mutation).
    except Exception as error:
        raise ReadError(ENCRYPTED, REMOVE_PASSWORD) from error
    return inside.getvalue()
