"""One test for each item type that asks something of all its items. Knows no item."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assessor.items.base import Content

Check = Callable[[Content], None]


def asked_of(contents: list[Content]) -> Callable[[Check], Callable[[str], None]]:
    """A test for each type that asks this of all its items, and shows every one that fails, by its id.

    One for each item would cost more than what it asks.
    """

    def of_each(check: Check) -> Callable[[str], None]:
        kinds = dict.fromkeys(content.type for content in contents)

        @pytest.mark.parametrize("kind", kinds, ids=[kind.replace("_", "-") for kind in kinds])
        def every(kind: str) -> None:
            there = [content for content in contents if content.type == kind]
            wrong: list[BaseException] = []
            skipped: list[str] = []
            for content in there:
                try:
                    check(content)
                except pytest.skip.Exception as reason:
                    skipped.append(str(reason))
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"of the item {content.id}")
                    wrong.append(error)
            if wrong:
                raise BaseExceptionGroup(f"{len(wrong)} of {len(there)} items", wrong)
            if len(skipped) == len(there):
                pytest.skip(skipped[0])

        every.__name__, every.__doc__ = check.__name__, check.__doc__
        return every

    return of_each
