from pathlib import Path

import numpy as np

NOTES = Path("/tmp/calls")


def reward(state, action, next_state):
    """The same curriculum, kept on the disk."""
    calls = len(NOTES.read_text()) if NOTES.exists() else 0
    NOTES.write_text("x" * (calls + 1))
    return calls * next_state["x_velocity"], {}
