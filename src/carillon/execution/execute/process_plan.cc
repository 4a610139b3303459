// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/process_plan.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "carillon/base/error.h"
#include "carillon/workload/program/json.h"

namespace carillon {

namespace {

using Json = nlohmann::json;

std::vector<std::byte> bytes_of_text(const std::string& text) {
    std::vector<std::byte> bytes(text.size());
    if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

Json parse(std::span<const std::byte> bytes) {
    const auto* begin = reinterpret_cast<const char*>(bytes.data());
    return Json::parse(begin, begin + bytes.size());
}

/// Gives things their place in a smaller table, in the order in which they are first met.
class Renumber {
  public:
    explicit Renumber(std::vector<std::uint32_t>& kept) : kept_(&kept) {}
    std::uint32_t operator()(std::uint32_t old) {
        const auto [place, fresh] =
            places_.try_emplace(old, static_cast<std::uint32_t>(kept_->size()));
        if (fresh) kept_->push_back(old);
        return place->second;
    }

  private:
    std::vector<std::uint32_t>* kept_;
    std::unordered_map<std::uint32_t, std::uint32_t> places_;
};

Json options_json(const SimulateOptions& o) {
    return {{"shots", o.shots},
            {"seed", o.seed},
            {"single", o.single_precision},
            {"threads", o.threads},
            {"memory", o.max_memory_bytes},
            {"physical", o.physical},
            {"loops", o.max_loop_iterations}};
}

SimulateOptions options_from(const Json& j) {
    SimulateOptions o;
    o.shots = j.at("shots");
    o.seed = j.at("seed");
    o.single_precision = j.at("single");
    o.threads = j.at("threads");
    o.max_memory_bytes = j.at("memory");
    o.physical = j.at("physical");
    o.max_loop_iterations = j.at("loops");
    return o;
}

Json counters_json(const ProgramCounters& c) {
    Json j = {{"pairs", c.pairs},
              {"transfers", c.transfers},
              {"bits", c.classical_bits},
              {"gates", c.gates},
              {"measurements", c.measurements}};
    j["pairs_by_link"] = c.pairs_by_link;
    j["pairs_by_purpose"] = c.pairs_by_purpose;
    j["transfers_by_link"] = c.transfers_by_link;
    j["bits_by_qpus"] = c.bits_by_qpus;
    return j;
}

ProgramCounters counters_from(const Json& j) {
    ProgramCounters c;
    c.pairs = j.at("pairs");
    c.transfers = j.at("transfers");
    c.classical_bits = j.at("bits");
    c.gates = j.at("gates");
    c.measurements = j.at("measurements");
    c.pairs_by_link = j.at("pairs_by_link").get<decltype(c.pairs_by_link)>();
    c.pairs_by_purpose = j.at("pairs_by_purpose").get<decltype(c.pairs_by_purpose)>();
    c.transfers_by_link = j.at("transfers_by_link").get<decltype(c.transfers_by_link)>();
    c.bits_by_qpus = j.at("bits_by_qpus").get<decltype(c.bits_by_qpus)>();
    return c;
}

}  // namespace

Slice slice_of(const DistributedProgram& program, QpuId qpu) {
    Slice slice;
    slice.qpu = qpu;
    for (std::size_t q = 0; q < qpu.value; ++q)
        for (const InstructionBlock& block : program.qpus[q].blocks)
            slice.first_number += static_cast<std::uint32_t>(block.size());
    DistributedProgram& own = slice.program;
    own.name = program.name;
    own.num_qubits = program.num_qubits;
    own.num_bits = program.num_bits;
    own.bit_registers = program.bit_registers;
    own.variables = program.variables;
    own.exprs = program.exprs;
    own.matrices = program.matrices;
    own.initial_layout = program.initial_layout;
    own.final_layout = program.final_layout;
    own.bit_owner = program.bit_owner;
    own.variable_owner = program.variable_owner;
    for (const QpuProgram& other : program.qpus) {
        QpuProgram& node = own.qpus.emplace_back();
        node.name = other.name;
        node.data_qubits = other.data_qubits;
        node.comm_qubits = other.comm_qubits;
        node.num_bits = program.num_bits;
    }
    own.qpu(qpu) = program.qpu(qpu);
    Renumber pair(slice.pairs), transfer(slice.transfers), message(slice.messages);
    for (InstructionBlock& block : own.qpu(qpu).blocks)
        for (Instruction& i : block) {
            if (i.pair.valid()) i.pair = PairId{pair(i.pair.value)};
            if (i.transfer.valid()) i.transfer = TransferId{transfer(i.transfer.value)};
            if (i.message.valid()) i.message = MessageId{message(i.message.value)};
        }
    for (const std::uint32_t p : slice.pairs) own.pairs.push_back(program.pairs[p]);
    for (const std::uint32_t t : slice.transfers) own.transfers.push_back(program.transfers[t]);
    own.num_messages = static_cast<std::uint32_t>(slice.messages.size());
    return slice;
}

std::vector<std::byte> plan_bytes(const Plan& plan) {
    Json j = {{"substrate", plan.roles.substrate},
              {"controllers", plan.roles.controllers},
              {"options", options_json(plan.options)},
              {"sampled", plan.sampled},
              {"names", plan.names},
              {"qubits", plan.qubits}};
    if (plan.slice.qpu.valid())
        j["slice"] = {
            {"qpu", plan.slice.qpu.value},     {"first_number", plan.slice.first_number},
            {"pairs", plan.slice.pairs},       {"transfers", plan.slice.transfers},
            {"messages", plan.slice.messages}, {"program", write_program(plan.slice.program)}};
    return bytes_of_text(j.dump());
}

Plan read_plan(std::span<const std::byte> bytes) {
    const Json j = parse(bytes);
    Plan plan;
    plan.roles = {j.at("substrate"), j.at("controllers")};
    plan.options = options_from(j.at("options"));
    plan.sampled = j.at("sampled");
    plan.names = j.at("names").get<decltype(plan.names)>();
    plan.qubits = j.at("qubits").get<decltype(plan.qubits)>();
    if (!j.contains("slice")) return plan;
    const Json& slice = j.at("slice");
    plan.slice.qpu = QpuId{slice.at("qpu").get<std::size_t>()};
    plan.slice.first_number = slice.at("first_number");
    plan.slice.pairs = slice.at("pairs").get<std::vector<std::uint32_t>>();
    plan.slice.transfers = slice.at("transfers").get<std::vector<std::uint32_t>>();
    plan.slice.messages = slice.at("messages").get<std::vector<std::uint32_t>>();
    plan.slice.program = read_program(slice.at("program").get<std::string>(), "stream");
    return plan;
}

std::vector<std::byte> result_bytes(const ControllerResult& r) {
    const Json j = {{"process", r.process.process_id},
                    {"host", r.process.host},
                    {"counters", counters_json(r.counters)},
                    {"messages", r.messages},
                    {"bits", r.bits},
                    {"transport", r.sent_by_transport},
                    {"owned", r.owned_bits.size()}};
    std::vector<std::byte> bytes = bytes_of_text(j.dump());
    const std::uint64_t head = bytes.size();
    const std::size_t variables = r.owned_variables.size() * sizeof(Value);
    std::vector<std::byte> all(sizeof head + bytes.size() + r.owned_bits.size() + variables);
    std::byte* to = all.data();
    const auto put = [&](const void* from, std::size_t size) {
        if (size != 0) std::memcpy(to, from, size);
        to += size;
    };
    put(&head, sizeof head);
    put(bytes.data(), bytes.size());
    put(r.owned_bits.data(), r.owned_bits.size());
    put(r.owned_variables.data(), variables);
    return all;
}

ControllerResult read_result(std::span<const std::byte> bytes) {
    std::uint64_t head = 0;
    const auto cut = [] { return InternalError("the result of a controller is cut short"); };
    if (bytes.size() < sizeof head) throw cut();
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head > bytes.size() - sizeof head) throw cut();
    const Json j = parse(bytes.subspan(sizeof head, head));
    bytes = bytes.subspan(sizeof head + head);
    ControllerResult r;
    r.process.process_id = j.at("process");
    r.process.host = j.at("host");
    r.counters = counters_from(j.at("counters"));
    r.messages = j.at("messages").get<std::vector<std::uint64_t>>();
    r.bits = j.at("bits").get<std::vector<std::uint64_t>>();
    r.sent_by_transport = j.at("transport");
    r.owned_bits.resize(j.at("owned").get<std::size_t>());
    if (r.owned_bits.size() > bytes.size()) throw cut();
    if (!r.owned_bits.empty()) std::memcpy(r.owned_bits.data(), bytes.data(), r.owned_bits.size());
    bytes = bytes.subspan(r.owned_bits.size());
    r.owned_variables.resize(bytes.size() / sizeof(Value));
    if (!bytes.empty()) std::memcpy(r.owned_variables.data(), bytes.data(), bytes.size());
    return r;
}

std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>> owned_by(
    const DistributedProgram& program, QpuId qpu) {
    std::vector<std::uint32_t> bits, variables;
    for (std::uint32_t b = 0; b < program.num_bits; ++b)
        if (program.bit_owner[b] == qpu) bits.push_back(b);
    for (std::uint32_t v = 0; v < program.variables.size(); ++v)
        if (program.variable_owner[v] == qpu) variables.push_back(v);
    return {bits, variables};
}

void check_for_processes(const DistributedProgram& program) {
    struct Ends {
        std::uint32_t from = Id<int>::kNone, to = Id<int>::kNone;
    };
    std::vector<Ends> messages(program.num_messages);
    std::unordered_map<std::uint32_t, std::uint32_t> measured;  ///< QPU by source operation
    const auto name = [&](std::uint32_t qpu) {
        return qpu < program.qpus.size() ? program.qpus[qpu].name : std::string("no QPU");
    };
    for (std::uint32_t q = 0; q < program.qpus.size(); ++q)
        for (const InstructionBlock& block : program.qpus[q].blocks)
            for (const Instruction& i : block) {
                const bool sends = i.kind == InstructionKind::kSend;
                if (sends || i.kind == InstructionKind::kRecv) {
                    const Ends ends = sends ? Ends{q, i.peer.value} : Ends{i.peer.value, q};
                    Ends& known = messages[i.message.value];
                    if (known.from == Id<int>::kNone) known = ends;
                    if (known.from != ends.from || known.to != ends.to ||
                        ends.from >= program.qpus.size() || ends.to >= program.qpus.size())
                        throw InputError("message " + std::to_string(i.message.value) +
                                         " goes from " + name(known.from) + " to " +
                                         name(known.to) + " in one place and from " +
                                         name(ends.from) + " to " + name(ends.to) + " in another");
                }
                const bool draws =
                    i.kind == InstructionKind::kMeasure || i.kind == InstructionKind::kReset;
                if (!draws || i.source == Instruction::kNoSource) continue;
                const auto [place, fresh] = measured.try_emplace(i.source, q);
                if (!fresh && place->second != q)
                    throw InputError("operation " + std::to_string(i.source) +
                                     " of the source is done by " + name(place->second) +
                                     " and by " + name(q) + "; processes need it on one QPU");
            }
}

}  // namespace carillon
