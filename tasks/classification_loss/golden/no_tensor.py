def loss(logits, targets):
    return 1.0
