// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <meio/planner/instance.hpp>

namespace meio::planner::detail {

/// Appends blocks, options, nodes and uses in the nesting that the instance's ranges need.
class BlockWriter {
public:
    explicit BlockWriter(Instance& instance) : instance_(instance) {}

    void begin_block(std::int32_t product, std::int32_t period, std::int32_t pool) {
        instance_.blocks.push_back({product, period, pool, size(instance_.options), size(instance_.options)});
    }
    void end_block() { instance_.blocks.back().last_option = size(instance_.options); }
    void drop_block() { instance_.blocks.pop_back(); }
    [[nodiscard]] bool block_is_empty() const { return instance_.blocks.back().first_option == size(instance_.options); }

    void begin_option() {
        Option option;
        option.first_node = option.last_node = size(instance_.nodes);
        option.first_use = option.last_use = size(instance_.uses);
        instance_.options.push_back(option);
    }
    void add_constant(double money) { instance_.options.back().constant += money; }
    /// Uses of the option itself come before its first node.
    void add_option_use(std::int32_t resource, double constant) {
        if (resource < 0 || constant == 0) return;
        instance_.uses.push_back({resource, constant, 0.0, 0.0});
        instance_.options.back().last_use = size(instance_.uses);
    }

    void begin_node(const Node& node) {
        instance_.nodes.push_back(node);
        instance_.nodes.back().first_use = instance_.nodes.back().last_use = size(instance_.uses);
        instance_.options.back().last_node = size(instance_.nodes);
    }
    void add_node_use(std::int32_t resource, double constant, double per_on_hand, double per_unmet) {
        if (resource < 0) return;
        instance_.uses.push_back({resource, constant, per_on_hand, per_unmet});
        instance_.nodes.back().last_use = size(instance_.uses);
    }

private:
    template <class Vector>
    static std::uint32_t size(const Vector& vector) {
        return static_cast<std::uint32_t>(vector.size());
    }

    Instance& instance_;
};

}  // namespace meio::planner::detail
