"""A named set that is filled at start, refuses duplicates, and is then sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    def __init__(self, noun: str, key: Callable[[T], str]) -> None:
        self.noun = noun
        self._key = key
        self._items: dict[str, T] = {}
        self._sealed = False

    def add(self, item: T) -> T:
        key = self._key(item)
        if self._items.get(key) is item:
            return item
        if self._sealed:
            raise RuntimeError(f"The {self.noun} {key!r} comes too late: the registry is sealed after start.")
        if key in self._items:
            raise RuntimeError(f"The {self.noun} {key!r} is declared twice.")
        self._items[key] = item
        return item

    def seal(self) -> None:
        self._sealed = True

    def get(self, key: str) -> T | None:
        return self._items.get(key)

    def __getitem__(self, key: str) -> T:
        return self._items[key]

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(self._items[key] for key in sorted(self._items))

    def __len__(self) -> int:
        return len(self._items)
