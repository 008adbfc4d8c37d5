from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import MissingExtra
from refine.verifiers.reward.physics import MAX_LATENCY, PLAIN, Physics, applied, variant
from refine.verifiers.reward.worlds import library, packaged
from tests.verifiers.reward.robots import WORLD

FIELDS = ("geom_friction", "body_mass", "body_inertia", "actuator_gainprm", "dof_damping", "geom_solref")


def test_the_default_changes_nothing_and_the_model_stays_as_it_is() -> None:
    model = WORLD.model
    before = {name: getattr(model, name).copy() for name in FIELDS}
    applied(model, Physics(friction=0.5, mass=2.0, motor=0.5, damping=3.0, gravity=0.5, payload=1.0))
    same = applied(model, PLAIN)
    for name in FIELDS:
        assert np.array_equal(getattr(model, name), before[name])
        assert np.array_equal(getattr(same, name), before[name])


@given(st.floats(0.2, 3.0), st.floats(0.2, 3.0), st.floats(0.2, 3.0), st.floats(0.2, 3.0), st.floats(0.0, 2.0))
@settings(max_examples=20, deadline=None)
def test_factors_are_of_the_models_own_values(
    friction: float, mass: float, motor: float, damping: float, payload: float
) -> None:
    model = WORLD.model
    changed = applied(model, Physics(friction=friction, mass=mass, motor=motor, damping=damping, payload=payload))
    assert changed.geom_friction == pytest.approx(friction * model.geom_friction)
    assert changed.body_mass[1] == pytest.approx(mass * model.body_mass[1] + payload)
    assert changed.body_inertia == pytest.approx(mass * model.body_inertia)
    assert changed.actuator_gainprm == pytest.approx(motor * model.actuator_gainprm)
    assert changed.dof_damping == pytest.approx(damping * model.dof_damping)
    assert changed.body_subtreemass[1] == pytest.approx(changed.body_mass[1]), "what is derived from masses, too"


@given(st.floats(-0.5, 0.5), st.floats(0.0, 2.0))
@settings(max_examples=20, deadline=None)
def test_a_slope_turns_gravity_and_keeps_its_strength(slope: float, factor: float) -> None:
    gravity = applied(WORLD.model, Physics(slope=slope, gravity=factor)).opt.gravity
    assert np.linalg.norm(gravity) == pytest.approx(9.81 * factor)
    assert gravity[0] == pytest.approx(-9.81 * factor * math.sin(slope)), "rising ground pulls back"


def test_variants_of_equal_mechanics_share_a_model() -> None:
    one, other = Physics(mass=1.1, latency=2), Physics(mass=1.1, observation_noise=0.1)
    assert variant(WORLD, one.mechanical) is variant(WORLD, other.mechanical)
    assert variant(WORLD, PLAIN) is WORLD.model


@pytest.mark.parametrize("wrong", [{"latency": MAX_LATENCY + 1}, {"latency": -1}, {"mass": 0.0}, {"friction": -0.1}])
def test_physics_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="latency|must be above"):
        Physics(**wrong)  # type: ignore[arg-type]


def test_a_packaged_robot_is_text() -> None:
    assert "<mujoco" in packaged("half_cheetah")


@pytest.mark.parametrize(("missing", "needs"), [("mujoco", library), ("gymnasium", lambda: packaged("hopper"))])
def test_what_is_not_installed_is_named(missing: str, needs: Callable[[], object], monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra, match=rf"{missing}.*refine-search\[mujoco\]"):
        needs()
