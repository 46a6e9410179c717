"""Pictures: a published set, an upload, or a folder."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from core.data.references.base import Brought, Reference
from core.method import Array, Source
from core.sentences import Sentence


class ImageData(Reference):
    """Pictures: a set by name, such as "digits", an upload by its id, or a folder's path; n of them, or all."""

    kind = "images"
    gives = "pictures"
    images: Annotated[str, Field(min_length=1, max_length=4_000)]  # a path may be long
    n: int | None = Field(None, ge=10)

    def source(self, seed: int, family: str) -> Source:
        from core.data.images import image_source

        return image_source(self.images, self.n, seed)

    def title(self) -> str:
        from core.data.images import SETS, title

        try:
            return Sentence(title(self.images)) if self.images in SETS else title(self.images)
        except ValueError:
            return self.images

    def description(self) -> str:
        return self.title() if self.n is None else Sentence("{n:,} of {name}", n=self.n, name=self.title())

    def label_names(self) -> tuple[str, ...]:
        from core.data.images import SETS, load

        return SETS[self.images].classes if self.images in SETS else load(self.images).classes

    def origin(self, rows: Array) -> pd.DataFrame:
        files = self.names(rows)
        return super().origin(rows).assign(**({"file": np.asarray(files, dtype=object)} if files else {}))

    def names(self, rows: Array) -> list[str]:
        from core.data.images import load

        files = load(self.images).files
        return [str(files[row]) for row in rows] if files else []

    def brought(self) -> Brought | None:
        from core.data.images import SETS

        return None if self.images in SETS else Brought(self.title(), "str(file.resolve())")
