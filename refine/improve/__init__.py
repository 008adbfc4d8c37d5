"""Rounds of self-improvement: amplify, distil, examine, and again with the better model.

`lmsi`             the majority's answers are learnt (Large Language Models Can Self-Improve)
`self_rewarding`   the model judges its own answers and prefers the better (Self-Rewarding Language Models)
`ida`              what the model finds with a tool's help it learns to say at once (iterated distillation and
                   amplification)
"""
