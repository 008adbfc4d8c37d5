"""What `benchmarks/search.py` measures with: problems, the model that answers, the methods, the peers, the table."""
