// SPDX-License-Identifier: Apache-2.0
#include "published.h"

namespace carillon::bench {

const std::vector<Published>& published_counts() {
    static const std::vector<Published> counts = {
        {"qft", 16, 2, 7, "DISQCO"},        {"qft", 16, 3, 14, "DISQCO"},
        {"qft", 16, 4, 18, "DISQCO"},       {"qft", 24, 2, 11, "DISQCO"},
        {"qft", 24, 3, 21, "DISQCO"},       {"qft", 24, 4, 30, "DISQCO"},
        {"qft", 32, 2, 15, "DISQCO"},       {"qft", 32, 3, 31, "DISQCO"},
        {"qft", 32, 4, 42, "DISQCO"},       {"qft", 48, 2, 23, "DISQCO"},
        {"qft", 48, 3, 45, "DISQCO"},       {"qft", 48, 4, 66, "DISQCO"},
        {"qft", 64, 2, 31, "DISQCO"},       {"qft", 64, 3, 62, "DISQCO"},
        {"qft", 64, 4, 90, "DISQCO"},       {"qft", 96, 2, 47, "DISQCO"},
        {"qft", 96, 3, 93, "DISQCO"},       {"qft", 96, 4, 138, "DISQCO"},
        {"qaoa", 16, 2, 7, "DISQCO"},       {"qaoa", 16, 3, 13.2, "DISQCO"},
        {"qaoa", 16, 4, 17.2, "DISQCO"},    {"qaoa", 24, 2, 11, "DISQCO"},
        {"qaoa", 24, 3, 21, "DISQCO"},      {"qaoa", 24, 4, 30, "DISQCO"},
        {"qaoa", 32, 2, 15, "DISQCO"},      {"qaoa", 32, 3, 31.4, "DISQCO"},
        {"qaoa", 32, 4, 44, "DISQCO"},      {"qaoa", 48, 2, 23, "DISQCO"},
        {"qaoa", 48, 3, 45, "DISQCO"},      {"qaoa", 48, 4, 69, "DISQCO"},
        {"qaoa", 64, 2, 31, "DISQCO"},      {"qaoa", 64, 3, 62, "DISQCO"},
        {"qaoa", 64, 4, 94.2, "DISQCO"},    {"qaoa", 96, 2, 47, "DISQCO"},
        {"qaoa", 96, 3, 93.2, "DISQCO"},    {"qaoa", 96, 4, 142.4, "DISQCO"},
        {"qv", 16, 2, 51.8, "DISQCO"},      {"qv", 16, 4, 100.2, "DISQCO"},
        {"qv", 24, 2, 111.0, "DISQCO"},     {"qv", 24, 4, 220.0, "DISQCO"},
        {"qv", 32, 2, 206.8, "DISQCO"},     {"qv", 32, 4, 380.4, "DISQCO"},
        {"qv", 48, 2, 476.0, "DISQCO"},     {"qv", 48, 4, 819.6, "DISQCO"},
        {"qv", 64, 2, 826.2, "DISQCO"},     {"qv", 64, 4, 1458.2, "DISQCO"},
        {"qv", 96, 2, 1899.4, "DISQCO"},    {"qv", 96, 4, 3311.6, "DISQCO"},
        {"cp0.3", 32, 4, 44.4, "DISQCO"},   {"cp0.3", 48, 6, 152.2, "DISQCO"},
        {"cp0.3", 64, 8, 316.0, "DISQCO"},  {"cp0.3", 72, 9, 427.6, "DISQCO"},
        {"cp0.3", 96, 12, 877.2, "DISQCO"}, {"cp0.5", 32, 4, 78.4, "DISQCO"},
        {"cp0.5", 48, 6, 245.0, "DISQCO"},  {"cp0.5", 64, 8, 513.6, "DISQCO"},
        {"cp0.5", 72, 9, 692.8, "DISQCO"},  {"cp0.5", 96, 12, 1390.0, "DISQCO"},
        {"cp0.7", 32, 4, 94.4, "DISQCO"},   {"cp0.7", 48, 6, 310.8, "DISQCO"},
        {"cp0.7", 64, 8, 650.0, "DISQCO"},  {"cp0.7", 72, 9, 866.2, "tket"},
        {"cp0.7", 96, 12, 1691.3, "tket"},  {"cp0.9", 32, 4, 76.2, "DISQCO"},
        {"cp0.9", 48, 6, 223.2, "tket"},    {"cp0.9", 64, 8, 439.6, "tket"},
        {"cp0.9", 72, 9, 564.5, "tket"},    {"cp0.9", 96, 12, 1031.3, "tket"},
    };
    return counts;
}

}  // namespace carillon::bench
