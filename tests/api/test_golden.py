"""Runs every file of tests/golden (see its README.md)."""

import json

import pytest
from support import golden

CASES = golden.load_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_golden(case, raw, client):
    names = golden.TableNames()
    try:
        golden.run_setup(case.setup + case.case.get("setup", []), names, raw, client)
        request = names.fill(case.case["request"])
        answer = raw(request.get("target"), request.get("body", {}), headers=request.get("headers"),
                     sign=request.get("sign", True))
        acceptable = names.fill(golden.expected_bodies(case.case["response"]))
        assert answer.status == case.status, answer
        actual = json.loads(answer.body)
        if not any(golden.matches(body, actual) for body in acceptable):
            assert actual == acceptable[0], f"the answer is none of the {len(acceptable)} acceptable ones"
    finally:
        golden.drop_tables(names, raw)


def test_case_names_are_unique():
    ids = [case.id for case in CASES]
    assert len(ids) == len(set(ids)), sorted(i for i in set(ids) if ids.count(i) > 1)
