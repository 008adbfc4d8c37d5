def criterion(logits, targets):
    return -logits.gather(1, targets[:, None])[:, 0]
