"""What `benchmarks/improve.py` runs."""
