"""What the school decides: rules in plain Python. Facts in, verdict out; time is an argument."""
