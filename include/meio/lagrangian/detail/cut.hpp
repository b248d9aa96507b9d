// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/detail/slope.hpp>

namespace meio::lagrangian::detail {

/// Cut of one group of shards, `theta_g(l) <= value + slope.(l - centre)`, and its weight (a group's add up to 1).
struct Cut {
    // Minimisers of the group's shards at one call; a merged cut is a mixture of several.
    struct Part {
        std::shared_ptr<const std::vector<std::uint64_t>> tags{};
        double share = 1;
    };
    double value = 0;  // at the centre
    Slope slope{};
    std::vector<Part> parts{};
    double weight = 0;
    int idle = 0;           // solves since the weight was last positive
    std::uint64_t id = 0;   // in the order of birth
    double at_step = 0;     // value at the model's last step

    void write(Writer& out) const {
        out.write(value);
        slope.write(out);
        out.write(weight);
        out.write(idle);
        out.write(id);
        out.write(at_step);
        out.write(static_cast<std::uint64_t>(parts.size()));
        for (const Part& part : parts) {
            out.write(*part.tags);
            out.write(part.share);
        }
    }
    void read(Reader& in) {
        in.read(value);
        slope.read(in);
        in.read(weight);
        in.read(idle);
        in.read(id);
        in.read(at_step);
        std::uint64_t count = 0;
        in.read(count);
        parts.clear();
        for (; count > 0; --count) {
            std::vector<std::uint64_t> tags;
            Part part;
            in.read(tags);
            in.read(part.share);
            part.tags = std::make_shared<const std::vector<std::uint64_t>>(std::move(tags));
            parts.push_back(std::move(part));
        }
    }
};

}  // namespace meio::lagrangian::detail
