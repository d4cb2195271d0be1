"""Tables in Markdown of what compare.py measured, and whether the targets are met."""

import pathlib
import statistics

import harness

API_NAMES = {"get": "GetItem", "put": "PutItem", "update": "UpdateItem", "query": "Query",
             "batch-write": "BatchWriteItem", "batch-get": "BatchGetItem", "transact": "TransactWriteItems",
             "scan": "Scan"}
PEERS = ("local-memory", "local-disk", "dynoxide-memory", "dynoxide-disk")


def matching(rows, **wanted):
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def median(rows, figure, **wanted):
    """Of the rounds; None if it was not measured."""
    values = [row[figure] for row in matching(rows, **wanted)]
    return statistics.median(values) if values else None


def markdown(header, rows):
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def rate(value):
    return f"{value:,.0f}" if value < 100_000 else f"{value / 1000:,.0f}k"


def micros(value):
    return f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def stopped(runs):
    """The part of the time for which the machine itself stood still."""
    known = [run["machine_stopped"] for run in runs if run["machine_stopped"] is not None]
    return f"{100 * statistics.median(known):.1f} %" if known else "?"


def publish(text, script, into):
    """Prints it, and puts it into a document between the lines `<!-- script -->` and `<!-- end -->`."""
    print(text)
    if not into:
        return
    document = pathlib.Path(into)
    before, begin, rest = document.read_text().partition(f"<!-- {script} -->\n")
    _, end, after = rest.partition("<!-- end -->\n")
    if not begin or not end:
        raise SystemExit(f"{into} has no lines <!-- {script} --> and <!-- end -->")
    document.write_text(f"{before}{begin}{text}\n{end}{after}")


class Figures:
    """The medians by server and operation."""

    def __init__(self, results):
        self.results = results

    def per_second(self, server, operation):
        return median(self.results["runs"], "per_second", server=server, operation=operation)

    def cpu_us(self, server, operation):
        return median(self.results["runs"], "server_cpu_us", server=server, operation=operation)

    def floor(self, name, figure):
        return median(self.results["floors"], figure, floor=name)

    def best(self, operation, servers):
        """(answers a second, name) of the fastest of them."""
        measured = [(self.per_second(server, operation), server) for server in servers]
        measured = [pair for pair in measured if pair[0]]
        return max(measured) if measured else (None, None)


# --- tables ---------------------------------------------------------------------------------------


def operations_table(results):
    rows = []
    for operation in dict.fromkeys(row["operation"] for row in results["runs"]):
        for server, title in results["titles"].items():
            runs = matching(results["runs"], server=server, operation=operation)
            if not runs:
                continue
            errors = sum(run["error_count"] for run in runs)
            rows.append([API_NAMES[operation], title, rate(median(runs, "per_second")),
                         *(f"{median(runs, figure):.2f}" for figure in ("p50_ms", "p99_ms", "p999_ms")),
                         micros(median(runs, "server_cpu_us")), f"{median(runs, 'generator_cpu_us'):.1f}",
                         f"{median(runs, 'resident_mib'):.0f}", stopped(runs), errors or ""])
    return markdown(["operation", "server", "answers/s", "p50 ms", "p99 ms", "p99.9 ms", "CPU us/answer",
                     "generator's", "RSS MiB", "machine stopped", "errors"], rows)


def memory_table(results):
    rows = []
    for server, title in results["titles"].items():
        start, fill = matching(results["start"], server=server), matching(results["fill"], server=server)
        if not start or not fill:
            continue
        runs = matching(results["runs"], server=server)
        peak = max((run["peak_mib"] for run in runs), default=fill[0]["peak_mib"])
        rows.append([title, f"{start[0]['start_ms']:,.0f}", f"{start[0]['idle_mib']:.0f}", f"{fill[0]['items']:,}",
                     f"{fill[0]['seconds']:.2f}", f"{fill[0]['resident_mib']:.0f}", f"{peak:.0f}"])
    return markdown(["server", "start-up ms", "idle MiB", "items loaded", "in seconds", "MiB after the load",
                     "MiB at the most"], rows)


def half_table(results):
    rows = []
    for server, operation in dict.fromkeys((row["server"], row["operation"]) for row in results["half"]):
        runs = matching(results["half"], server=server, operation=operation)
        rows.append([API_NAMES[operation], results["titles"][server], rate(median(runs, "rate")),
                     *(f"{median(runs, figure):.2f}" for figure in ("p50_ms", "p99_ms", "p999_ms")), stopped(runs)])
    return markdown(["operation", "server", "asked for a second", "p50 ms", "p99 ms", "p99.9 ms", "machine stopped"],
                    rows)


def floors_table(results):
    figures, rows = Figures(results), []
    for name in dict.fromkeys(row["floor"] for row in results["floors"]):
        rows.append([name, matching(results["floors"], floor=name)[0]["threads"],
                     rate(figures.floor(name, "per_second")), f"{figures.floor(name, 'cpu_us'):.1f}",
                     f"{figures.floor(name, 'p50_ms'):.3f}", f"{figures.floor(name, 'p99_ms'):.3f}"])
    return markdown(["by itself", "threads", "per second", "CPU us", "p50 ms", "p99 ms"], rows)


def ratios_table(results):
    figures, rows = Figures(results), []
    ours = [server for server in ("stator-disk", "stator-memory") if server in results["titles"]]
    for operation in dict.fromkeys(row["operation"] for row in results["runs"]):
        cells = [API_NAMES[operation]]
        for server in ours:
            mine, my_cpu = figures.per_second(server, operation), figures.cpu_us(server, operation)
            for peer in PEERS:
                theirs = figures.per_second(peer, operation)
                their_cpu = figures.cpu_us(peer, operation)
                cells.append(f"{mine / theirs:.1f} / {their_cpu / my_cpu:.1f}" if theirs and mine else "")
        rows.append(cells)
    header = ["times the answers / times less CPU"]
    header += [f"{results['titles'][server]} : {results['titles'].get(peer, peer)}" for server in ours for peer in PEERS]
    return markdown(header, rows)


# --- targets --------------------------------------------------------------------------------------


class Targets:
    def __init__(self, results):
        self.results, self.figures, self.rows = results, Figures(results), []

    def add(self, what, target, value, met, unit=""):
        if value is not None:
            self.rows.append([what, target, f"{value:,.2f}{unit}" if value < 10 else f"{value:,.1f}{unit}",
                              "yes" if met else "**no**"])

    def at_most(self, what, bound, value, unit=""):
        if bound is not None:
            self.add(what, f"<= {bound:,.4g}{unit}", value, value is not None and value <= bound, unit)

    def cpu_at_most(self, what, bound, operation, peer_then):
        """A bound that was set where DynamoDB Local, in memory, took `peer_then` us (at the most) for the same: as it
        is, and as this machine is."""
        value, peer = (self.figures.cpu_us(server, operation) for server in ("stator-disk", "local-memory"))
        self.at_most(f"{what}: CPU", bound, value, " us")
        if peer:
            self.at_most(f"{what}: CPU, where DynamoDB Local takes {peer:,.0f} us instead of {peer_then:,}",
                         bound * peer / peer_then, value, " us")

    def at_least(self, what, times, operation, peers, of_what):
        mine = self.figures.per_second("stator-disk", operation)
        theirs, peer = self.figures.best(operation, peers)
        if mine and theirs:
            ratio, of_what = mine / theirs, of_what or f"the better peer, {self.results['titles'][peer]}"
            self.add(f"{what}: answers beside {of_what}", f">= {times} x", ratio,
                     ratio >= times, " x")

    def all(self):
        f = self.figures
        cpu = lambda operation, server="stator-disk": f.cpu_us(server, operation)
        self.at_least("GetItem", 3, "get", PEERS, None)
        http, get = cpu("get", "http-floor"), f.floor("rocksdb get", "cpu_us")
        bound = 1.3 * (http + get) if http and get else None
        self.at_most("GetItem: CPU; 1.3 x (HTTP server that does nothing + RocksDB get)", bound, cpu("get"), " us")
        self.at_most("GetItem, signature verified: CPU; 4 us more", bound and bound + 4, cpu("get", "stator-verified"),
                     " us")
        for operation, name in (("put", "PutItem"), ("update", "UpdateItem")):
            self.at_least(name, 15, operation, ["local-disk"], "DynamoDB Local on disk")
            self.at_least(name, 4, operation, ["dynoxide-disk"], "Dynoxide on disk")
            if operation == "put":
                self.cpu_at_most("PutItem", 40, "put", 290)
        for row in self.results["counter"]:
            ratio = row["per_second"] / f.per_second("stator-disk", "update")
            self.add("UpdateItem: one hot key from 64 connections beside all keys from "
                     f"{self.results['connections']}", "no collapse", ratio,
                     ratio > 0.5 and row["error_count"] == 0, " x")
        self.at_least("Query, 10 items", 3.5, "query", PEERS, None)
        self.cpu_at_most("Query, 10 items", 40, "query", 237)
        self.at_least("BatchWriteItem, 25", 50, "batch-write", ["local-disk"], "DynamoDB Local on disk")
        self.cpu_at_most("BatchWriteItem, 25", 400, "batch-write", 2000)
        self.at_least("TransactWriteItems, 4", 6, "transact", ["local-disk", "dynoxide-disk"], None)
        self.cpu_at_most("TransactWriteItems, 4", 130, "transact", 1200)
        for fill in matching(self.results["fill"], server="stator-disk"):
            self.at_most(f"loading {fill['items']:,} items by BatchWriteItem", 2.5, fill["seconds"], " s")
            self.at_most("memory after the load", 150, fill["resident_mib"] * 1.048576, " MB")
        for start in matching(self.results["start"], server="stator-disk"):
            self.at_most("start-up", 30, start["start_ms"], " ms")
            self.at_most("idle memory", 20, start["idle_mib"] * 1.048576, " MB")
        self.at_most("GetItem: p99 at half of the maximum load", 0.5,
                     median(self.results["half"], "p99_ms", server="stator-disk", operation="get"), " ms")
        sync = f.floor("fdatasync of 16 KiB", "p99_ms")
        self.at_most("PutItem: p99 at half of the maximum load; 5 x that of an fdatasync of 16 KiB", sync and 5 * sync,
                     median(self.results["half"], "p99_ms", server="stator-disk", operation="put"), " ms")
        return markdown(["what", "target", "measured", "met"], self.rows)


def comparison(results):
    """The whole report."""
    head = (f"{harness.machine_text(results['machine'])}. {results['items']:,} items of {results['item_bytes']}, "
            f"{results['connections']} connections; medians of {results['rounds']} round(s) of "
            f"{results['seconds']:g} s each.")
    parts = [head, "### Operations", operations_table(results), "### Ratios", ratios_table(results),
             "### Start, load, memory", memory_table(results), "### The parts below", floors_table(results),
             "### Latency at half of the maximum load", half_table(results), "### Targets", Targets(results).all()]
    return "\n\n".join(parts)
