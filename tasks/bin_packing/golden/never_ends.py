def priority(item, bins):
    while True:
        pass
