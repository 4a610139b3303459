// SPDX-License-Identifier: Apache-2.0
#include "sparse_published.h"

namespace carillon::bench {

const std::vector<SparsePublished>& sparse_published() {
    static const std::vector<SparsePublished> rows = {
        {"adder_n28", 6, 12.2, 14.8}, {"adder_n28", 8, 16.2, 17.0}, {"qft_n29", 6, 70.0, 70.0},
        {"qft_n29", 8, 90.0, 91.0},   {"knn_n31", 6, 5.0, 5.0},     {"knn_n31", 8, 7.0, 7.4},
        {"dnn_n33", 6, 20.4, 26.4},   {"dnn_n33", 8, 26.4, 26.8},   {"ising_n34", 6, 7.0, 5.0},
        {"ising_n34", 8, 9.6, 6.0},   {"wstate_n36", 6, 8.0, 7.2},  {"wstate_n36", 8, 11.8, 10.2},
        {"ghz_n40", 6, 7.0, 5.0},     {"ghz_n40", 8, 9.4, 6.0},     {"adder_n64", 6, 17.8, 21.4},
        {"adder_n64", 8, 13.2, 20.6}, {"cc_n64", 6, 5.0, 5.0},      {"cc_n64", 8, 7.0, 7.0},
        {"cat_n65", 6, 7.0, 5.0},     {"cat_n65", 8, 11.0, 7.0},    {"bv_n70", 6, 4.6, 5.0},
        {"bv_n70", 8, 5.0, 5.8},
    };
    return rows;
}

}  // namespace carillon::bench
