"""A Pareto front that is asked and changed in about the square root of its size."""

from __future__ import annotations

import bisect

import numpy as np

from refine.archives.rank import Key

BLOCK = 1024
"""Points of a block; one of twice as many is split."""

Point = tuple[float, ...]
Table = np.ndarray[tuple[int, int], np.dtype[np.float64]]
"""A row for each axis, a column for each point: so numpy goes along the points, of which there are many."""
Bools = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


class Front:
    """Points of `axes` coordinates, less is better in each, of which none is at least as good as another in all.

    They lie in blocks in the order of their coordinates, each block with its box: it is looked into only if its box
    says that it may hold an answer (as in the ND-tree of Jaszkiewicz and Lust 2018, one level deep). A question
    costs a numpy pass over the boxes and one over each block that is left, mostly one or two.
    """

    def __init__(self, axes: int) -> None:
        self._points: list[Table] = []
        self._keys: list[list[Key]] = []
        self._starts: list[Point] = []
        """The point at which each block begins; the first of them takes what is less, too."""
        self._low: Table = np.empty((axes, 0))
        self._high: Table = np.empty((axes, 0))

    def covering(self, point: Point) -> Key | None:
        """The key of a point that is at least as good in everything: if one is equal, of that."""
        column = _column(point)
        for block in _where(self._low <= column):
            inside = _where(self._points[block] <= column)
            if inside:
                return self._keys[block][inside[0]]
        return None

    def rename(self, point: Point, old: Key, new: Key) -> None:
        """Gives the point of the key `old` another."""
        keys = self._keys[self._block(point)]
        keys[keys.index(old)] = new

    def put(self, point: Point, key: Key) -> list[Key]:
        """Adds a point that nothing covers; the keys of those that it covers, which are gone."""
        beaten = self._without(point)
        if not self._starts:
            self._insert(0, np.empty((len(point), 0)), [])
        block, column = self._block(point), _column(point)
        self._points[block] = np.concatenate([self._points[block], column], axis=1)
        self._keys[block].append(key)
        self._low[:, block] = np.minimum(self._low[:, block], point)
        self._high[:, block] = np.maximum(self._high[:, block], point)
        if len(self._keys[block]) >= 2 * BLOCK:
            self._split(block)
        return beaten

    def _block(self, point: Point) -> int:
        return max(0, bisect.bisect_right(self._starts, point) - 1)

    def _without(self, point: Point) -> list[Key]:
        beaten: list[Key] = []
        column = _column(point)
        for block in reversed(_where(column <= self._high)):
            covered = (column <= self._points[block]).all(axis=0)
            if covered.any():
                keys = self._keys[block]
                beaten += [keys[at] for at in np.flatnonzero(covered)]
                self._keys[block] = [keys[at] for at in np.flatnonzero(~covered)]
                self._points[block] = self._points[block][:, ~covered]
                self._remove(block) if not self._keys[block] else self._boxed(block)
        return beaten

    def _split(self, block: int) -> None:
        points, keys = self._points[block], self._keys[block]
        order = np.lexsort(points[::-1])
        self._remove(block)
        for part in (order[BLOCK:], order[:BLOCK]):
            self._insert(block, points[:, part], [keys[i] for i in part])

    def _insert(self, at: int, points: Table, keys: list[Key]) -> None:
        self._points.insert(at, points)
        self._keys.insert(at, keys)
        self._starts.insert(at, tuple(points[:, 0].tolist()) if keys else ())
        self._low = np.insert(self._low, at, np.inf, axis=1)
        self._high = np.insert(self._high, at, -np.inf, axis=1)
        if keys:
            self._boxed(at)

    def _remove(self, at: int) -> None:
        del self._points[at], self._keys[at], self._starts[at]
        self._low, self._high = np.delete(self._low, at, axis=1), np.delete(self._high, at, axis=1)

    def _boxed(self, block: int) -> None:
        self._low[:, block] = self._points[block].min(axis=1)
        self._high[:, block] = self._points[block].max(axis=1)


def _column(point: Point) -> Table:
    return np.array(point)[:, np.newaxis]


def _where(holds: Bools) -> list[int]:
    """The columns that hold in every row."""
    found: list[int] = np.logical_and.reduce(holds).nonzero()[0].tolist()
    return found
