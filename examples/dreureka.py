"""DrEureka from end to end, on a pendulum and a processor: from a reward to robots that no search ever saw.

    python examples/dreureka.py                          # minutes, without a key
    python examples/dreureka.py --model anthropic/claude-sonnet-4-5 --rewards 16 --configurations 16

1. A reward is searched for; the instruction asks for safe motion, and how the policies move is reported back.
2. The best one's policy says how far each parameter of the physics may go: the reward-aware physics prior.
3. Ranges of domain randomisation are searched for within the prior. `OUT/randomise` is a task like any other, with the
   reward and the prior in it: `refine run OUT/randomise --model NAME` goes on from here.
4. The policies of the best ranges are tried on a few robots of a fleet that neither search saw, in everything at once
   unlike the model; the best one is measured on others. Beside it stand ranges that nobody had to search for.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import refine
from refine.budget import Budget
from refine.journal import Journal
from refine.load import find, load
from refine.task import Grammar, Noise
from refine.types import Limits, Outcome
from refine.verifiers.reward import Setting, evaluate, instructed, randomising, rapp, safety, trials
from refine.verifiers.reward.ranges import Ranges

RANDOMISE = load("randomise_pendulum")
MODULE = sys.modules[RANDOMISE.verify.__module__]
SETTING: Setting = MODULE.SETTING
SEED = """
import numpy as np


def reward(state, action, next_state):
    effort = np.square(action).mean(axis=1)
    parts = components(next_state["angle"], next_state["cos_angle"], next_state["velocity"], effort)
    return sum(parts.values()), parts


# EVOLVE-BLOCK-START
def components(angle: np.ndarray, cos_angle: np.ndarray, velocity: np.ndarray, effort: np.ndarray):
    height = cos_angle
    calm = 0.1 * np.exp(-np.square(velocity / 4.0))
    cost = -0.1 * effort
    return {"height": height, "calm": calm, "cost": cost}
# EVOLVE-BLOCK-END
""".lstrip()

task = refine.Task(
    instruction=instructed(
        """
        A pendulum hangs from a motor that is too weak to lift it at once: swing it up and hold it upright.
        The fitness is the share of the episode that the pendulum spends close to upright.
        """,
        MODULE.read,
        actions=1,
        about="An episode has 150 steps of 0.04 s and begins with the pendulum hanging almost still.",
        safety=safety.INSTRUCTION,
    ),
    seed=SEED,
    metric="share of the episode upright",
    limits=Limits(seconds=20.0, memory_mb=512),
    grammar=Grammar(
        terminals=("cos_angle", "velocity", "effort", "np.square(velocity)"),
        functions=("np.exp", "np.square", "np.abs", "np.tanh"),
        constants=(0.01, 0.1, 0.5, 1.0, 2.0, 5.0),
    ),
    noise=Noise(replicates=2, least=2, confirming=2),
)


@task.verifier
def verify(candidate: refine.Handle) -> Outcome:
    return evaluate(candidate, SETTING.world, SETTING.training)


def written(folder: Path, reward: str, prior: Ranges) -> refine.Task:
    """The task whose candidates are ranges, with this reward and this prior, as a folder."""
    shutil.copytree(find(RANDOMISE.name).parent, folder, dirs_exist_ok=True)
    shutil.rmtree(folder / "golden" / "__pycache__", ignore_errors=True)
    (folder / "reward.py").write_text(reward)
    (folder / "prior.json").write_text(json.dumps(prior))
    return load(str(folder))


def print_trial(path: Path) -> None:
    """The best four of a run, on robots that it did not see."""
    with Journal.read(path) as journal:
        found = trials.finalists(journal, 4)
    policies = {name: trials.read(outcome.artifacts[trials.POLICY]) for name, outcome in found.items()}
    won = trials.tried(SETTING.world, policies, SETTING.fleet, seed=1)
    print("\nthe best by the simulated proxy, tried on eight robots of the fleet:")
    for name, fitness in won.trial.items():
        print(f"  {name[:8]}  {fitness:.3f}  {found[name].artifacts[randomising.RANGES]}")
    print(f"the winner, {won.winner[:8]}, on 64 others: {won.deployment:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="mutate")
    parser.add_argument("--rewards", type=int, default=6)
    parser.add_argument("--configurations", type=int, default=8)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--out", type=Path, default=Path("runs/dreureka"))
    wish = parser.parse_args()
    wish.out.mkdir(parents=True, exist_ok=True)

    budget = Budget(candidates=wish.rewards)
    found = refine.run(task, model=wish.model, path=wish.out / "reward.db", budget=budget, sandbox=wish.sandbox)
    assert found.best is not None, "the seed passes"
    print(f"reward: fitness {found.best.outcome.score:.3f}\n{found.best.candidate.text}")

    policy = trials.read(found.best.outcome.artifacts[trials.POLICY])
    table = rapp.measured(SETTING.world, [policy], {name: rapp.GRIDS[name] for name in MODULE.VARIED})
    print(rapp.told(table))

    ranges = written(wish.out / "randomise", found.best.candidate.text, rapp.prior(table))
    path = wish.out / "randomise.db"
    budget = Budget(candidates=wish.configurations)
    result = refine.run(ranges, model=wish.model, path=path, budget=budget, sandbox=wish.sandbox)
    print_trial(path)
    print("\nthe best by the proxy and what nobody searched for, trained five times anew, on robots drawn by lot:")
    for each in result.confirmed:
        if each.on == "held-out" and each.outcome.passed:
            mean, spread = each.outcome.metrics["mean"], each.outcome.metrics["sd"]
            print(f"  {each.name:20} {mean:.3f}, standard deviation {spread:.3f}")


if __name__ == "__main__":
    main()
