// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "carillon/execution/execute/picture_instruction.h"
#include "carillon/language/circuit/gate_label.h"

namespace carillon {

namespace {

/// Picoseconds as microseconds, exactly.
std::string microseconds(Time t) {
    return fmt::format("{}.{:06}", t.ps / 1000000, t.ps % 1000000);
}

std::string quoted(const std::string& text) {
    using Json = nlohmann::json;
    return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string label_of(const Instruction& i) {
    switch (i.kind) {
        case InstructionKind::kMeasure:
            return "measure";
        case InstructionKind::kReset:
            return "reset";
        case InstructionKind::kDelay:
            return "delay";
        case InstructionKind::kTransfer:
            return "transfer " + std::to_string(i.transfer.value);
        default:
            return gate_label(i.gate, i.controls);
    }
}

class TraceWriter {
  public:
    TraceWriter(const DistributedProgram& program, const Network& network, const Timeline& t)
        : program_(program), network_(network), t_(t) {}

    std::string write() {
        out_ = "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"program\":" + quoted(program_.name) +
               ",\"makespan_us\":" + microseconds(t_.makespan) + "},\"traceEvents\":[\n";
        for (std::size_t q = 0; q < program_.qpus.size(); ++q) write_qpu(q);
        write_links();
        write_messages();
        out_ += "{\"ph\":\"M\",\"name\":\"trace_config\",\"pid\":0,\"tid\":0,\"args\":{}}\n]}\n";
        return std::move(out_);
    }

  private:
    std::size_t link_process(LinkId link) const { return program_.qpus.size() + 1 + link.value; }

    void name(std::string_view what, std::size_t process, std::size_t thread,
              const std::string& name) {
        out_ += fmt::format(
            "{{\"ph\":\"M\",\"name\":\"{}\",\"pid\":{},\"tid\":{},\"args\":{{\"name\":{}}}}},\n",
            what, process, thread, quoted(name));
    }

    void complete(const std::string& label, std::string_view category, TimeSpan span,
                  std::size_t process, std::size_t thread, const std::string& arguments = "") {
        out_ += fmt::format(
            "{{\"ph\":\"X\",\"name\":{},\"cat\":\"{}\",\"ts\":{},\"dur\":{},\"pid\":{},\"tid\":{},"
            "\"args\":{{{}}}}},\n",
            quoted(label), category, microseconds(span.start), microseconds(span.length()), process,
            thread, arguments);
    }

    void write_qpu(std::size_t q) {
        const QpuProgram& qpu = program_.qpus[q];
        struct Held {
            PairId pair;
            Time since;
        };
        std::vector<Held> held(qpu.num_qubits());
        std::vector<bool> used(qpu.num_qubits(), false);
        std::size_t position = 0;
        visit_instructions(qpu, [&](const Instruction& i) {
            const TimeSpan span = t_.instructions[q][position++];
            if (!span.scheduled() || !occupies_qubits(i.kind)) return;
            const std::string source =
                i.source == Instruction::kNoSource ? "" : fmt::format("\"source\":{}", i.source);
            for (const LocalQubit x : qpu.qubits(i)) {
                used[x] = true;
                if (held[x].pair.valid() && span.start > held[x].since)
                    complete(fmt::format("pair {} waits", held[x].pair.value), "waiting",
                             {held[x].since, span.start}, q + 1, x + 1);
                held[x] = {};
                if (i.kind == InstructionKind::kPair) {
                    held[x] = {i.pair, span.end};
                    complete(pair_label(i.pair), "pair", span, q + 1, x + 1,
                             "\"peer\":" + quoted(program_.qpu(i.peer).name));
                } else if (i.kind == InstructionKind::kTransfer) {
                    complete(label_of(i), "transfer", span, q + 1, x + 1,
                             "\"peer\":" + quoted(program_.qpu(i.peer).name));
                } else {
                    complete(label_of(i), i.num_conditions > 0 ? "correction" : "local", span,
                             q + 1, x + 1, source);
                }
            }
        });
        if (std::find(used.begin(), used.end(), true) == used.end()) return;
        name("process_name", q + 1, 0, qpu.name);
        for (LocalQubit x = 0; x < qpu.num_qubits(); ++x)
            if (used[x]) name("thread_name", q + 1, x + 1, qpu.qubit_name(x));
    }

    std::string pair_label(PairId pair) const {
        return fmt::format("pair {} ({})", pair.value,
                           purpose_name(program_.pairs[pair.value].purpose));
    }

    /// Every pair on the channels that attempt it, every carried qubit on one.
    void write_links() {
        struct Making {
            TimeSpan span;
            std::uint32_t channels;
            std::string label;
            std::string_view category;
        };
        std::vector<std::vector<Making>> by_link(network_.links.size());
        for (std::size_t p = 0; p < t_.pairs.size(); ++p)
            if (const PairTiming& m = t_.pairs[p]; m.generation.scheduled())
                by_link[m.link.value].push_back(
                    {m.generation, m.channels, pair_label(PairId{p}), "pair"});
        for (std::size_t k = 0; k < t_.transfers.size(); ++k)
            if (const TransferTiming& m = t_.transfers[k]; m.passage.scheduled())
                by_link[m.link.value].push_back(
                    {m.passage, 1, "transfer " + std::to_string(k), "transfer"});
        for (const DiscardedPair& d : t_.discarded)
            by_link[t_.pairs[d.pair.value].link.value].push_back(
                {d.generation, d.channels, pair_label(d.pair) + ", discarded", "discarded"});
        for (std::size_t l = 0; l < by_link.size(); ++l) {
            if (by_link[l].empty()) continue;
            const Link& link = network_.links[l];
            name("process_name", link_process(LinkId{l}), 0,
                 "link " + network_.node(link.a).name + " -- " + network_.node(link.b).name);
            std::stable_sort(
                by_link[l].begin(), by_link[l].end(),
                [](const Making& a, const Making& b) { return a.span.start < b.span.start; });
            std::vector<Time> idle_from(std::max(link.multiplexing, 1u));
            for (const Making& m : by_link[l]) {
                std::uint32_t taken = 0;
                for (std::size_t c = 0; c < idle_from.size() && taken < m.channels; ++c) {
                    if (idle_from[c] > m.span.start) continue;
                    idle_from[c] = m.span.end;
                    ++taken;
                    complete(m.label, m.category, m.span, link_process(LinkId{l}), c + 1);
                }
            }
            for (std::size_t c = 0; c < idle_from.size(); ++c)
                if (idle_from[c].ps > 0)
                    name("thread_name", link_process(LinkId{l}), c + 1,
                         fmt::format("channel {}", c));
        }
    }

    /// Messages may overlap, so they are asynchronous events of their sender.
    void write_messages() {
        for (std::size_t m = 0; m < t_.messages.size(); ++m) {
            const MessageTiming& timing = t_.messages[m];
            if (!timing.scheduled()) continue;
            const std::string label = quoted("bit to " + program_.qpu(timing.to).name);
            for (const auto& [phase, at] : {std::pair{'b', timing.send}, {'e', timing.arrive}})
                out_ += fmt::format(
                    "{{\"ph\":\"{}\",\"name\":{},\"cat\":\"message\",\"id\":{},\"ts\":{},\"pid\":{}"
                    ","
                    "\"tid\":0}},\n",
                    phase, label, m, microseconds(at), timing.from.value + 1);
        }
    }

    const DistributedProgram& program_;
    const Network& network_;
    const Timeline& t_;
    std::string out_;
};

}  // namespace

std::string trace_json(const DistributedProgram& program, const Network& network,
                       const Timeline& timeline) {
    return TraceWriter(program, network, timeline).write();
}

}  // namespace carillon
