"""Decrypt Office files that Excel and WPS open without asking for a password.

A workbook whose structure is protected is encrypted with a default password that the format defines, and every program
tries it first ([MS-OFFCRYPTO] 2.3.7.1 and [MS-XLS] 2.2.10). A password chosen by a user is never guessed.
"""

from __future__ import annotations

import io
from typing import Any, Final

from extractors.document import ReadError

ENCRYPTED: Final = "文件已加密（设了打开密码），无法读取"
REMOVE_PASSWORD: Final = "请打开后取消密码，另存后重新放入"
_DEFAULT_PASSWORD: Final = "VelvetSweatshop"
_MAX_SPINS: Final = 1_000_000
"""Hash iterations over the password; Excel writes 100,000, and each takes a microsecond."""


def decrypt(data: bytes) -> bytes:
    """Decrypt a file encrypted with the default password.

    Raises:
        ReadError: the password is another one.
    """
    import msoffcrypto

    try:
        office_file: Any = msoffcrypto.OfficeFile(io.BytesIO(data))
        if office_file.format != "ooxml":
            office_file.load_key(password=_DEFAULT_PASSWORD)
        elif office_file.info.get("spinValue", 0) > _MAX_SPINS:
            raise ReadError(ENCRYPTED, REMOVE_PASSWORD)
        else:
            office_file.load_key(password=_DEFAULT_PASSWORD, verify_password=True)
        decrypted = io.BytesIO()
        office_file.decrypt(decrypted)
    # Errors of its parsers are passed through, from KeyError to those of expat (found by mutation).
    except Exception as error:
        raise ReadError(ENCRYPTED, REMOVE_PASSWORD) from error
    return decrypted.getvalue()
