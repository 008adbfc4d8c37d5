"""Both readings of ±: upper signs, lower signs."""

from __future__ import annotations

from refine.verifiers.symbolic.tree import Apply, Tree, replaced


def two_signs(node: Apply) -> Tree | None:
    """± makes two answers, upper signs and lower signs; where it stops rising is an item of a row, a set or an `or`."""
    if node.head in {",", "{}", "or"}:
        items = tuple(item for arg in node.args for item in spread(arg))
        return Apply(node.head, items) if items != node.args else None
    return None


def spread(tree: Tree) -> tuple[Tree, ...]:
    """(a,) for a without ±, else both readings."""
    if not has_sign(tree):
        return (tree,)
    return signed(tree, upper=True), signed(tree, upper=False)


def has_sign(tree: Tree) -> bool:
    return isinstance(tree, Apply) and (tree.head in {"pm", "mp"} or any(has_sign(arg) for arg in tree.args))


def signed(tree: Tree, *, upper: bool) -> Tree:
    def pick(node: Apply) -> Tree | None:
        if node.head not in {"pm", "mp"}:
            return None
        return node.args[0] if (node.head == "pm") == upper else Apply("neg", node.args)

    return replaced(tree, pick)
