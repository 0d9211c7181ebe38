"""7z archives, into memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.remedies import ARCHIVE
from extractors.readers.zip_guard import DAMAGED


def members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | ReadError]]:
    """(name, bytes) of every file. Raises `ReadError`."""
    import py7zr
    from py7zr.exceptions import PasswordRequired, UnsupportedCompressionMethodError
    from py7zr.io import BytesIOFactory

    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            if archive.needs_password():
                raise ReadError("压缩包设有密码", "请解除密码后重新放入")
            listed = [info for info in archive.list() if not info.is_directory]
            total = sum(info.uncompressed for info in listed)
            if len({info.filename for info in listed}) < len(listed):
                raise ReadError("压缩包内有两个同名文件，无法分别读出", "请解压后改名，再放入")
            squeezed = total > limits.ratio_grace_bytes and total > limits.max_ratio * len(data)
            if len(listed) > limits.max_members or total > limits.max_expanded_bytes or squeezed:
                raise ReadError(f"压缩包展开后有 {len(listed)} 个文件、{total / 2**20:.0f} MB，超过上限", ARCHIVE.bomb)
            factory = BytesIOFactory(limits.max_part_bytes)
            archive.extractall(factory=factory)
            for info in listed:
                content: Any = factory.products.get(info.filename)
                if content is not None:
                    content.seek(0)
                    yield info.filename, content.read()
    except PasswordRequired as error:
        raise ReadError("压缩包设有密码", "请解除密码后重新放入") from error
    except UnsupportedCompressionMethodError as error:
        raise ReadError("压缩包采用了不支持的压缩方式", ARCHIVE.save) from error
    except ReadError:
        raise
    # py7zr lets whatever its decoders stumble over through (found by mutation), from IndexError to lzma.LZMAError.
    except Exception as error:
        raise ReadError(DAMAGED, ARCHIVE.again) from error
