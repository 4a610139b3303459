// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "carillon/resource/host/metrics.h"
#include "carillon/resource/host/size_text.h"

namespace carillon::host {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownRanks = 16;

std::string percent(double part) {
    return fmt::format("{:.1f} %", 100 * part);
}

std::string count_text(std::uint64_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string traffic_text(const RunMetrics& m) {
    std::string text =
        fmt::format("{} in {}", size_text(m.bytes()), count_text(m.messages(), "message"));
    if (m.window_bytes() > 0)
        text += fmt::format(", {} through shared windows", size_text(m.window_bytes()));
    const TrafficCounts sum = m.traffic();
    std::string kinds;
    for (std::size_t k = 0; k < kTrafficKinds; ++k) {
        if (sum[k].messages == 0 && sum[k].window_bytes == 0) continue;
        kinds += fmt::format("{}{} {}", kinds.empty() ? ": " : ", ",
                             traffic_name(static_cast<Traffic>(k)),
                             size_text(sum[k].bytes + sum[k].window_bytes));
    }
    return text + kinds;
}

void communication_rows(const std::function<void(const char*, const std::string&)>& row,
                        const RunMetrics& m) {
    row("communication",
        fmt::format("{} of the ranks' time is lost to it; {} of it is hidden behind work",
                    percent(m.communication_overhead()), percent(m.overlap())));
    row("traffic", traffic_text(m));
}

void rank_table(std::string& out, const RunMetrics& m) {
    out += fmt::format("\n{:>6} {:>5} {:>11} {:>11} {:>11} {:>11} {:>12} {:>12}\n", "rank", "node",
                       "busy s", "wait s", "exchange s", "hidden s", "sent", "memory");
    for (std::size_t k = 0; k < std::min(m.ranks(), kShownRanks); ++k) {
        const RankMetrics& r = m.per_rank[k];
        std::uint64_t sent = 0;
        for (const TrafficCount& count : r.traffic) sent += count.bytes;
        out += fmt::format("{:>6} {:>5} {:>11.4f} {:>11.4f} {:>11.4f} {:>11.4f} {:>12} {:>12}\n",
                           r.rank, r.node, r.times.of(Activity::kCompute),
                           r.times.of(Activity::kWait), r.times.of(Activity::kExchange),
                           r.times.hidden_s, size_text(sent), size_text(r.memory_bytes));
    }
    if (m.ranks() > kShownRanks) out += fmt::format("... and {} more\n", m.ranks() - kShownRanks);
}

Json traffic_json(const TrafficCounts& counts) {
    Json json = Json::object();
    for (std::size_t k = 0; k < kTrafficKinds; ++k)
        json[std::string(traffic_name(static_cast<Traffic>(k)))] = {
            {"messages", counts[k].messages},
            {"bytes", counts[k].bytes},
            {"window_bytes", counts[k].window_bytes}};
    return json;
}

Json rank_json(const RankMetrics& r) {
    Json seconds = Json::object();
    for (std::size_t k = 0; k < kActivities; ++k)
        seconds[std::string(activity_name(static_cast<Activity>(k)))] = r.times.seconds[k];
    seconds["hidden"] = r.times.hidden_s;
    seconds["total"] = r.times.total_s;
    return {{"rank", r.rank},
            {"node", r.node},
            {"seconds", std::move(seconds)},
            {"state_bytes", r.state_bytes},
            {"memory_bytes", r.memory_bytes},
            {"sent", traffic_json(r.traffic)}};
}

/// Lines of one Prometheus metric.
class Exposition {
  public:
    void metric(const char* name, const char* type, const char* help) {
        name_ = name;
        out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    }
    void sample(const std::string& labels, double value) {
        out_ += labels.empty() ? fmt::format("{} {}\n", name_, value)
                               : fmt::format("{}{{{}}} {}\n", name_, labels, value);
    }
    void gauge(const char* name, const char* help, double value) {
        metric(name, "gauge", help);
        sample("", value);
    }
    std::string take() { return std::move(out_); }

  private:
    std::string name_, out_;
};

std::string rank_labels(const RankMetrics& r) {
    return fmt::format("rank=\"{}\",node=\"{}\"", r.rank, r.node);
}

void add_traffic(Exposition& out, const RunMetrics& m, const char* name, const char* help,
                 std::uint64_t TrafficCount::*field) {
    out.metric(name, "counter", help);
    for (const RankMetrics& r : m.per_rank)
        for (std::size_t k = 0; k < kTrafficKinds; ++k)
            out.sample(fmt::format("{},kind=\"{}\"", rank_labels(r),
                                   traffic_name(static_cast<Traffic>(k))),
                       static_cast<double>(r.traffic[k].*field));
}

}  // namespace

std::string metrics_text(const RunMetrics& m) {
    std::string out;
    const auto row = [&](const char* name, const std::string& value) {
        out += fmt::format("{:<13} {}\n", name, value);
    };
    row("ranks", fmt::format("{} on {}, {:.4f} s", m.ranks(),
                             count_text(static_cast<std::uint64_t>(m.nodes), "node"), m.wall_s));
    row("efficiency", fmt::format("{} of the ranks' time is work; load balance {}",
                                  percent(m.scaling_efficiency()), percent(m.load_balance())));
    if (m.ranks() == 1 && m.messages() == 0)
        row("communication", "none");
    else
        communication_rows(row, m);
    if (m.network_utilisation() >= 0)
        row("network", percent(m.network_utilisation()) + " of what it can carry");
    row("memory", fmt::format("{} of what the processes held at most is state",
                              percent(m.memory_efficiency())));
    rank_table(out, m);
    return out;
}

std::string metrics_json(const RunMetrics& m) {
    Json json{{"ranks", m.ranks()},
              {"nodes", m.nodes},
              {"wall_s", m.wall_s},
              {"scaling_efficiency", m.scaling_efficiency()},
              {"load_balance", m.load_balance()},
              {"overlap", m.overlap()},
              {"communication_overhead", m.communication_overhead()},
              {"memory_efficiency", m.memory_efficiency()}};
    const double utilisation = m.network_utilisation();
    json["network_utilisation"] = utilisation < 0 ? Json() : Json(utilisation);
    json["sent"] = traffic_json(m.traffic());
    json["per_rank"] = Json::array();
    for (const RankMetrics& r : m.per_rank) json["per_rank"].push_back(rank_json(r));
    return json.dump(2) + "\n";
}

std::string metrics_prometheus(const RunMetrics& m) {
    Exposition out;
    out.gauge("carillon_ranks", "Ranks of the run.", static_cast<double>(m.ranks()));
    out.gauge("carillon_nodes", "Nodes of the run.", m.nodes);
    out.gauge("carillon_wall_seconds", "Wall time of the slowest rank.", m.wall_s);
    out.gauge("carillon_scaling_efficiency_ratio", "Busy time / (ranks x wall time).",
              m.scaling_efficiency());
    out.gauge("carillon_load_balance_ratio", "Mean / largest busy time of a rank.",
              m.load_balance());
    out.gauge("carillon_overlap_ratio", "Communication hidden behind computing / all of it.",
              m.overlap());
    out.gauge("carillon_communication_overhead_ratio",
              "Communication that nothing hid, and waiting / (ranks x wall time).",
              m.communication_overhead());
    out.gauge("carillon_memory_efficiency_ratio", "Bytes of state / largest resident size.",
              m.memory_efficiency());
    if (m.network_utilisation() >= 0)
        out.gauge("carillon_network_utilisation_ratio", "Bytes sent / what the network can carry.",
                  m.network_utilisation());
    out.metric("carillon_rank_seconds_total", "counter", "Time of a rank by activity.");
    for (const RankMetrics& r : m.per_rank)
        for (std::size_t k = 0; k < kActivities; ++k)
            out.sample(fmt::format("{},activity=\"{}\"", rank_labels(r),
                                   activity_name(static_cast<Activity>(k))),
                       r.times.seconds[k]);
    out.metric("carillon_rank_hidden_seconds_total", "counter",
               "Communication of a rank hidden behind its computing.");
    for (const RankMetrics& r : m.per_rank) out.sample(rank_labels(r), r.times.hidden_s);
    add_traffic(out, m, "carillon_rank_sent_messages_total", "Messages sent by kind.",
                &TrafficCount::messages);
    add_traffic(out, m, "carillon_rank_sent_bytes_total", "Bytes sent in messages by kind.",
                &TrafficCount::bytes);
    add_traffic(out, m, "carillon_rank_window_bytes_total",
                "Bytes read or written in windows of others by kind.", &TrafficCount::window_bytes);
    out.metric("carillon_rank_memory_bytes", "gauge", "Largest resident size of a rank's process.");
    for (const RankMetrics& r : m.per_rank)
        out.sample(rank_labels(r), static_cast<double>(r.memory_bytes));
    out.metric("carillon_rank_state_bytes", "gauge", "State that a rank holds.");
    for (const RankMetrics& r : m.per_rank)
        out.sample(rank_labels(r), static_cast<double>(r.state_bytes));
    return out.take();
}

}  // namespace carillon::host
