"""`python -m bench`: every measurement of docs/benchmarks.md."""

from bench.run import main

if __name__ == "__main__":
    main()
