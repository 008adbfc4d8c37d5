"""From journals to a better model: what was verified trains the model that proposed it.

`samples` reads verified answers, `rows` chooses what to learn, `clean` keeps the examination out, `formats` asks in
other words, `export` writes files; `train` and `examine` need torch and load it when used.
"""
