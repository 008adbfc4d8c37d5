def reward(state, action, next_state):
    return (1.0 for _ in action), {}
