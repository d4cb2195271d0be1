#!/usr/bin/env python3
"""Loads Stator, on disk and in memory, and prints a table. bench/README.md explains it."""

import argparse

import harness


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    harness.add_arguments(parser)
    arguments = parser.parse_args()
    harness.print_header()
    harness.measure(arguments.load, harness.stator(arguments.stator), arguments, "Stator, on disk")
    harness.measure(arguments.load, harness.stator(arguments.stator, "--in-memory"), arguments, "Stator, in memory")


if __name__ == "__main__":
    main()
