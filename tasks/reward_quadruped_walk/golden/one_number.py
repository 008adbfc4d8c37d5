def reward(state, action, next_state):
    return 1.0, {"alive": 1.0}
