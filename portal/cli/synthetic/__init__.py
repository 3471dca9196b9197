"""The parts of a synthetic consultation of any size, which `portal load-test-data` puts together.

What a service makes once (ministry, staff, notice, text, code list) a service makes here too; what exists ten thousand
times is written as rows, in the shape in which the services leave it. A test compares the two.
"""
