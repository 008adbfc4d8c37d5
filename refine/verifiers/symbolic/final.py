r"""The final answer of a solution in words, without the wrappers around it.

Where the answer stands follows the data sets' own forms: the last `\boxed{...}` (MATH, Hendrycks et al. 2021), the line
after `####` (GSM8K, Cobbe et al. 2021), "the answer is ..." (chain-of-thought prompts, Wei et al. 2022), else the last
formula or number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_TAIL = 65_536
"""Characters at the end of a solution that are looked at."""
_ANSWER = 4_000
"""Characters of an answer at most."""
_BOX = re.compile(r"\\(?:boxed|fbox)\s{0,5}(?=[{\d\w\\])")
_SAID = re.compile(
    r"\banswers?\b\s{0,5}(?:\*{2}|\))?\s{0,5}(?:is|are|=|:|equals|should be|will be)(?:\*{2})?\s{0,5}:?\s{0,5}",
    re.IGNORECASE,
)
_TAGGED = re.compile(r"<answer>([^<]{1,4000})</answer>", re.IGNORECASE)
_MATH = re.compile(r"\$\$([^$]{1,2000})\$\$|\$([^$\n]{1,2000})\$|\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]", re.DOTALL)
_LAST = re.compile(r"[-\u2212]?\$?(?:\d{1,3}(?:,\d{3}){1,9}|\d{1,40})(?:\.\d{1,40})?(?:\s?/\s?\d{1,40})?%?")
_SENTENCE = re.compile(r"(?<=[^\s.])\.(?=\s+[A-Z\\(]|\s*$)")


def final_answer(text: str) -> str | None:
    """The answer that a solution ends with, without its wrapper; None where there is none.

    Looked for in this order, the last one of its kind: a box, an <answer> tag, a line after `####`, "the answer is",
    the last formula of the last line, the last number.
    """
    tail = text[-_TAIL:]
    for find in _FINDERS:
        found = find(tail)
        if found and (bare := unwrapped(found[:_ANSWER])):
            return bare
    return None


def _boxed(text: str) -> str:
    for match in reversed(list(_BOX.finditer(text))):
        if text[match.end()] != "{":
            return text[match.end()] if text[match.end()] != "\\" else ""
        inside = _braced(text, match.end())
        if inside:
            return inside
    return ""


def _braced(text: str, at: int) -> str:
    """What is between the brace at `at` and the one that closes it; "" if none does within an answer's length."""
    depth = 0
    for i, character in enumerate(text[at : at + _ANSWER], at):
        escaped = text[i - 1] == "\\" and text[i - 2 : i] != "\\\\"
        if character in "{}" and not escaped:
            depth += 1 if character == "{" else -1
        if depth == 0:
            return text[at + 1 : i]
    return ""


def _tagged(text: str) -> str:
    found = _TAGGED.findall(text)
    return found[-1] if found else ""


def _hashes(text: str) -> str:
    _, mark, rest = text.rpartition("####")
    return rest.strip().split("\n")[0] if mark else ""


def _stated(text: str) -> str:
    """After the last "answer is": the sentence, or where a line ends there the next line."""
    found = list(_SAID.finditer(text))
    if not found:
        return ""
    line = text[found[-1].end() :].lstrip().split("\n")[0]
    return _SENTENCE.split(line)[0]


def _formula(text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip()]
    found = list(_MATH.finditer(lines[-1])) if lines else []
    if not found:
        return ""
    inside = next(group for group in found[-1].groups() if group)
    return inside if "\\neq" in inside else inside.rpartition("=")[2] if _is_chain(inside) else inside


def _is_chain(formula: str) -> bool:
    """In a + b = 3 says 3; x = 3 is an answer as it is."""
    left = formula.partition("=")[0].strip()
    return "=" in formula and not re.fullmatch(r"\\?[A-Za-z]+(?:_\w)?", left)


def _number(text: str) -> str:
    found = _LAST.findall(text)
    return found[-1] if found else ""


_FINDERS: tuple[Callable[[str], str], ...] = (_boxed, _tagged, _hashes, _stated, _formula, _number)


def unwrapped(text: str) -> str:
    """The answer without math signs, bold type, boxes, a full stop and white space around it."""
    for _ in range(8):
        inner = _peeled(text.strip().rstrip(".,;").strip())
        if inner == text:
            return text
        text = inner
    return text


_WRAPPERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("**", "**"), ("`", "`"), ('"', '"'), ("“", "”"))
_COMMANDS = (r"\boxed{", r"\fbox{", r"\text{", r"\textbf{", r"\mathrm{", r"\mbox{", r"\textrm{", r"\mathbf{")


def _peeled(text: str) -> str:
    for opening, closing in _WRAPPERS:
        inside = text[len(opening) : -len(closing)]
        if len(text) > len(opening + closing) and text.startswith(opening) and text.endswith(closing):
            return text if opening in inside else inside
    for command in _COMMANDS:
        if text.startswith(command) and (inside := _braced(text, len(command) - 1)):
            return inside if len(inside) + len(command) + 1 == len(text) else text
    return text.removeprefix(r"\displaystyle").removeprefix(r"\textstyle")
