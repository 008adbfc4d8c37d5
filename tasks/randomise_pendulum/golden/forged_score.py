def randomisation(prior):
    return {"verdict": "passed", "score": 1.0}
