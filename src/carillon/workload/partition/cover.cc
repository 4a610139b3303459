// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/cover.h"

namespace carillon {
namespace {

constexpr std::uint32_t kFree = 0xffffffff;

class Matcher {
  public:
    Matcher(std::uint32_t num_left, std::uint32_t num_right,
            std::span<const std::pair<std::uint32_t, std::uint32_t>> edges)
        : first_(num_left + 1),
          to_(edges.size()),
          mate_left_(num_left, kFree),
          mate_right_(num_right, kFree),
          layer_(num_left),
          next_(num_left) {
        for (const auto& edge : edges) ++first_[edge.first + 1];
        for (std::size_t v = 0; v < num_left; ++v) first_[v + 1] += first_[v];
        std::vector<std::uint32_t> fill(first_.begin(), first_.end() - 1);
        for (const auto& edge : edges) to_[fill[edge.first]++] = edge.second;
    }

    void match() {
        while (layer()) {
            for (std::uint32_t v = 0; v < layer_.size(); ++v) next_[v] = first_[v];
            for (std::uint32_t v = 0; v < layer_.size(); ++v) {
                if (mate_left_[v] == kFree) augment(v);
            }
        }
    }

    /// Left vertices that no alternating path from a free left vertex reaches, and right ones that
    /// one does.
    VertexCover cover() {
        layer();
        VertexCover result{std::vector<bool>(layer_.size()), std::vector<bool>(mate_right_.size()),
                           0};
        for (std::uint32_t v = 0; v < layer_.size(); ++v) {
            if (layer_[v] == kFree) {
                result.left[v] = true;
                continue;
            }
            for (std::uint32_t e = first_[v]; e < first_[v + 1]; ++e) result.right[to_[e]] = true;
        }
        for (const bool in : result.left) result.size += in;
        for (const bool in : result.right) result.size += in;
        return result;
    }

  private:
    /// Breadth-first layers of left vertices from the free ones; whether a free right vertex is in
    /// reach.
    bool layer() {
        std::vector<std::uint32_t> queue;
        for (std::uint32_t v = 0; v < layer_.size(); ++v) {
            layer_[v] = mate_left_[v] == kFree ? 0 : kFree;
            if (layer_[v] == 0) queue.push_back(v);
        }
        bool found = false;
        for (std::size_t i = 0; i < queue.size(); ++i) {
            const std::uint32_t v = queue[i];
            for (std::uint32_t e = first_[v]; e < first_[v + 1]; ++e) {
                const std::uint32_t mate = mate_right_[to_[e]];
                if (mate == kFree) {
                    found = true;
                } else if (layer_[mate] == kFree) {
                    layer_[mate] = layer_[v] + 1;
                    queue.push_back(mate);
                }
            }
        }
        return found;
    }

    /// Depth-first search along the layers, with the path on an explicit stack.
    void augment(std::uint32_t root) {
        path_.assign(1, root);
        while (!path_.empty()) {
            const std::uint32_t v = path_.back();
            if (next_[v] == first_[v + 1]) {
                layer_[v] = kFree;
                path_.pop_back();
                if (!path_.empty()) ++next_[path_.back()];
                continue;
            }
            const std::uint32_t mate = mate_right_[to_[next_[v]]];
            if (mate == kFree) break;
            if (layer_[mate] == layer_[v] + 1) {
                path_.push_back(mate);
            } else {
                ++next_[v];
            }
        }
        for (const std::uint32_t v : path_) {
            const std::uint32_t right = to_[next_[v]];
            mate_left_[v] = right;
            mate_right_[right] = v;
        }
        if (!path_.empty()) {
            for (const std::uint32_t v : path_) ++next_[v];
        }
    }

    std::vector<std::uint32_t> first_, to_;
    std::vector<std::uint32_t> mate_left_, mate_right_;
    std::vector<std::uint32_t> layer_;  ///< kFree: not reached
    std::vector<std::uint32_t> next_;   ///< next edge to try
    std::vector<std::uint32_t> path_;
};

}  // namespace

VertexCover smallest_vertex_cover(std::uint32_t num_left, std::uint32_t num_right,
                                  std::span<const std::pair<std::uint32_t, std::uint32_t>> edges) {
    Matcher matcher(num_left, num_right, edges);
    matcher.match();
    return matcher.cover();
}

}  // namespace carillon
