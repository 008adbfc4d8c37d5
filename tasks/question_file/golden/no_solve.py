def answer(question):
    return "1"
