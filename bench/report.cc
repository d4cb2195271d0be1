#include "report.h"

#include <fmt/format.h>

#include <iterator>

namespace stator::bench {
namespace {

double Ms(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }
double Mib(uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

uint64_t Answers(const RunOutcome& outcome) {
  uint64_t answers = 0;
  for (const OperationOutcome& one : outcome.operations) answers += one.tally.answers;
  return answers;
}

double MicrosEach(double seconds, uint64_t answers) {
  return answers > 0 ? seconds * 1e6 / static_cast<double>(answers) : 0;
}

uint64_t Errors(const Tally& tally) {
  uint64_t errors = 0;
  for (const auto& [type, count] : tally.errors) errors += count;
  return errors;
}

// `text` as a JSON string.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(quoted), "\\u{:04x}", static_cast<unsigned char>(c));
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string Text(const RunOptions& options, const std::vector<Stream>& streams,
                 const RunOutcome& outcome) {
  std::string text;
  for (const OperationOutcome& one : outcome.operations) {
    const Stream& stream = streams[one.stream];
    const Histogram& latency = one.tally.latency;
    fmt::format_to(
        std::back_inserter(text),
        "{:<18} {:>9.0f}/s  p50 {:.3f} ms  p99 {:.3f}  p99.9 {:.3f}  max {:.3f}  ({}, {} "
        "connections{})\n",
        ApiName(one.operation), static_cast<double>(one.tally.answers) / options.seconds,
        Ms(latency.Quantile(0.5)), Ms(latency.Quantile(0.99)), Ms(latency.Quantile(0.999)),
        Ms(latency.max()), stream.name, stream.connections,
        stream.rate > 0 ? fmt::format(", {:.0f}/s asked for", stream.rate) : "");
    for (const auto& [type, count] : one.tally.errors) {
      fmt::format_to(std::back_inserter(text), "  {} x {}\n", count, type);
    }
    if (!one.tally.first_error.empty()) {
      fmt::format_to(std::back_inserter(text), "  the first: {}\n", one.tally.first_error);
    }
  }
  const uint64_t answers = Answers(outcome);
  if (options.server_pid != 0) {
    fmt::format_to(
        std::back_inserter(text),
        "server: {:.2f} us of processor time an answer, {:.2f} processors busy, {:.1f} MiB "
        "resident, {:.1f} MiB at the most\n",
        MicrosEach(outcome.server_cpu_seconds, answers),
        outcome.server_cpu_seconds / options.seconds, Mib(outcome.server.resident_bytes),
        Mib(outcome.server.peak_bytes));
  }
  fmt::format_to(std::back_inserter(text),
                 "this program: {:.2f} us an answer, {:.2f} processors busy{}\n",
                 MicrosEach(outcome.generator_cpu_seconds, answers),
                 outcome.generator_cpu_seconds / options.seconds,
                 options.server_pid
                     ? fmt::format("; others: {:.2f}", outcome.others_cpu_seconds / options.seconds)
                     : "");
  if (outcome.stopped_seconds.value_or(0) > 0) {
    fmt::format_to(std::back_inserter(text), "the machine stood still for {:.1f} % of the time\n",
                   100 * *outcome.stopped_seconds / options.seconds);
  }
  return text;
}

std::string JsonLines(const RunOptions& options, const std::vector<Stream>& streams,
                      const RunOutcome& outcome) {
  std::string lines;
  for (const OperationOutcome& one : outcome.operations) {
    const Stream& stream = streams[one.stream];
    const Histogram& latency = one.tally.latency;
    std::string errors;
    for (const auto& [type, count] : one.tally.errors) {
      fmt::format_to(std::back_inserter(errors), "{}{}:{}", errors.empty() ? "" : ",", Quoted(type),
                     count);
    }
    fmt::format_to(
        std::back_inserter(lines),
        R"({{"stream":{},"operation":"{}","connections":{},"rate":{},"seconds":{},"answers":{},)"
        R"("per_second":{:.1f},"mib_per_second":{:.2f},"p50_ms":{:.4f},"p99_ms":{:.4f},)"
        R"("p999_ms":{:.4f},"max_ms":{:.4f},"errors":{{{}}},"error_count":{},"first_error":{}}})"
        "\n",
        Quoted(stream.name), NameOf(one.operation), stream.connections, stream.rate,
        options.seconds, one.tally.answers,
        static_cast<double>(one.tally.answers) / options.seconds,
        Mib(one.tally.answer_bytes) / options.seconds, Ms(latency.Quantile(0.5)),
        Ms(latency.Quantile(0.99)), Ms(latency.Quantile(0.999)), Ms(latency.max()), errors,
        Errors(one.tally), Quoted(one.tally.first_error));
  }
  const uint64_t answers = Answers(outcome);
  fmt::format_to(
      std::back_inserter(lines),
      R"({{"total":true,"answers":{},"server_cpu_us":{:.3f},"server_busy":{:.4f},)"
      R"("generator_cpu_us":{:.3f},"generator_busy":{:.4f},"others_busy":{:.4f},)"
      R"("machine_stopped":{},"resident_mib":{:.1f},"peak_mib":{:.1f}}})"
      "\n",
      answers, MicrosEach(outcome.server_cpu_seconds, answers),
      outcome.server_cpu_seconds / options.seconds,
      MicrosEach(outcome.generator_cpu_seconds, answers),
      outcome.generator_cpu_seconds / options.seconds, outcome.others_cpu_seconds / options.seconds,
      outcome.stopped_seconds ? fmt::format("{:.4f}", *outcome.stopped_seconds / options.seconds)
                              : "null",
      Mib(outcome.server.resident_bytes), Mib(outcome.server.peak_bytes));
  return lines;
}

std::string Text(const TableShape& table, const FillOutcome& outcome) {
  return fmt::format(
      "{} items in {:.2f} s ({:.0f} a second, {} requests, {} partly unprocessed, {} "
      "tried again)\n",
      table.items, outcome.seconds, static_cast<double>(table.items) / outcome.seconds,
      outcome.requests, outcome.unprocessed, outcome.retried);
}

std::string JsonLine(const TableShape& table, const FillOutcome& outcome,
                     const ProcessUsage& server) {
  return fmt::format(R"({{"fill":true,"items":{},"item_bytes":{},"seconds":{:.3f},"requests":{},)"
                     R"("unprocessed":{},"retried":{},"resident_mib":{:.1f},"peak_mib":{:.1f}}})"
                     "\n",
                     table.items, table.item_bytes, outcome.seconds, outcome.requests,
                     outcome.unprocessed, outcome.retried, Mib(server.resident_bytes),
                     Mib(server.peak_bytes));
}

}  // namespace stator::bench
