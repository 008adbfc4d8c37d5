"""A verifier that holds back what comes next: the candidate decides about each applicant before it sees the others.

    refine run examples/online.py --candidates 300

The best known rule (skip about n / e of them, then take the first that beats all before) takes the best of 40 in about
38 % of the games. What the search finds is confirmed on games that it never saw.
"""

import numpy as np

import refine

GAMES, APPLICANTS = 400, 40

task = refine.Task(
    instruction=f"""
    {APPLICANTS} applicants come one by one in random order; each must be taken or sent away for good before the next
    one comes, and you want the best of all. Write take(i, n, rank) -> bool: whether to take applicant number i (from 0)
    of n, who has this rank among those seen so far (0: the best so far). The score is the share of games in which the
    one taken is the best of all n.
    """,
    seed="def take(i, n, rank):\n    return rank == 0 and i >= 1\n",
    metric="share of games won",
)


@task.verifier
def verify(candidate: refine.Handle) -> float:
    return share_won(candidate, seed=1)


@task.confirmation
def confirm(candidate: refine.Handle) -> float:
    return share_won(candidate, seed=candidate.seed)  # a secret of the run


def share_won(candidate: refine.Handle, seed: int) -> float:
    games = np.random.default_rng(seed).random((GAMES, APPLICANTS)).argsort(axis=1)  # 0 is the best of all
    taken = np.full(GAMES, -1)
    for i in range(APPLICANTS):
        waiting = np.flatnonzero(taken < 0)
        ranks = (games[waiting, :i] < games[waiting, i, None]).sum(axis=1)
        answers = candidate.map("take", [(i, APPLICANTS, int(rank)) for rank in ranks])  # one crossing for all games
        for game, answer in zip(waiting, answers, strict=True):
            refine.require(isinstance(answer, bool), f"take must return True or False, not {type(answer).__name__}")
            taken[game] = games[game, i] if answer else -1
    return float((taken == 0).mean())


if __name__ == "__main__":
    print(refine.run(task).best)
