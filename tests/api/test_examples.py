"""The examples: the commands of product-catalog/README.md, as they stand there, through the AWS CLI; the others as a
whole, with the server under test. These look themselves whether all came out right."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest
from support import clients
from support.server import ROOT, find_binary

FOLDER = ROOT / "examples" / "product-catalog"
AWS = pathlib.Path(sys.executable).with_name("aws")


def commands():
    """Every shell command of the page, its continuation lines joined; those of the surroundings left out."""
    blocks = re.findall(r"```sh\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)
    text = "\n".join(blocks).replace("\\\n", " ")
    starts = [match.start() for match in re.finditer(r"^(aws|export|\S*/stator) ", text, re.MULTILINE)]
    parts = [text[start:end].strip() for start, end in zip(starts, starts[1:] + [len(text)])]
    return [part for part in parts if part.startswith("aws ")]


@pytest.fixture(scope="module")
def answers(server):
    """Runs the page once for each engine: {operation: [answers]}."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
                   "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.url, "AWS_PAGER": "",
                   "AWS_CONFIG_FILE": os.devnull, "AWS_MAX_ATTEMPTS": "1", "PATH": f"{AWS.parent}:{os.environ['PATH']}"}
    found = {}
    for command in commands():
        run = subprocess.run(["bash", "-c", command], cwd=FOLDER, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, f"{command}\n{run.stderr}"
        found.setdefault(command.split()[2], []).append(json.loads(run.stdout) if run.stdout else None)
    yield found
    clients.client(server.url).delete_table(TableName="ProductCatalog")


def titles(answer):
    return [item["Title"]["S"] for item in answer["Items"]]


def test_reads(answers):
    assert answers["batch-write-item"][0]["UnprocessedItems"] == {}
    whole, part = answers["get-item"]
    assert whole["Item"]["ProductReviews"]["M"]["OneStar"]["L"] and whole["Item"]["QuantityOnHand"] == {"NULL": True}
    assert set(part["Item"]) == {"Title", "Pictures", "ProductReviews"}
    assert list(part["Item"]["Pictures"]["M"]) == ["FrontView"]
    assert titles(answers["query"][0]) == ["16-Inch Folding", "19-Inch Mountain", "21-Inch Road", "18-Inch Road"]
    assert sorted(titles(answers["scan"][0])) == ["Atlas of Forgotten Ferries", "The Lighthouse Ledger",
                                                  "Trees That Remember"]


def test_changes(answers):
    price, review = answers["update-item"]
    assert price["Attributes"] == {"Price": {"N": "160"}}
    assert [r["S"] for r in review["Attributes"]["ProductReviews"]["M"]["FiveStar"]["L"]] == [
        "Climbs like a goat.", "And descends like one."]
    assert len(answers["transact-write-items"]) == 1


def test_both_data_files_hold_the_same():
    lines = [json.loads(line)["Item"] for line in (FOLDER / "items.jsonl").read_text().splitlines()]
    batch = json.loads((FOLDER / "batch-write-item.json").read_text())
    assert [request["PutRequest"]["Item"] for request in batch["ProductCatalog"]] == lines
    assert len({item["Id"]["N"] for item in lines}) == len(lines) == 20


@pytest.mark.parametrize("command", [["node", "examples/inactive-users/run.mjs"], [sys.executable, "examples/outbox/run.py"]],
                         ids=["inactive-users", "outbox"])
def test_a_whole_example(command):
    environment = {**os.environ, "STATOR_BINARY": find_binary()}
    run = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           start_new_session=True)
    try:
        output, _ = run.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)  # with all that it has started
        pytest.fail(f"it did not end:\n{run.communicate()[0]}")
    assert run.returncode == 0 and output.endswith("All is as it should be.\n"), output
