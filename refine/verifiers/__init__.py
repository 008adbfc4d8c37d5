"""Verifiers: `(candidate) -> score or Outcome`. They run in a judge process, never in the candidate's.

A verifier made of verifiers is a verifier: `cascade(cheap, dear)`.
"""

from refine.verifiers.cascade import cascade as cascade

__all__ = ["cascade"]
