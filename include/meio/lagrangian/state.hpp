// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <meio/lagrangian/detail/archive.hpp>
#include <meio/lagrangian/method.hpp>

namespace meio::lagrangian {

/// One call of the oracle.
struct HistoryEntry {
    int call = 0;       ///< 0, 1, ...
    double value = 0;   ///< of the dual at this call, certified
    double bound = 0;   ///< best so far
    double upper = std::numeric_limits<double>::infinity();  ///< cost of the best plan so far
    double step = 0;    ///< length of the step that led here, Euclidean; 0 at the start
    double seconds = 0;
};

/// Where a solve stands: enough to resume it with the same bits (`Options::resume`), or to start a changed problem from
/// it (`Options::start`). Plain data: copy it, keep it, write `to_bytes()` to a file.
struct State {
    Method method = Method::bundle;
    std::vector<double> multipliers{};  ///< the best so far
    double bound = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    std::vector<HistoryEntry> history{};
    std::vector<std::uint8_t> memory{}; ///< what the method keeps: cuts, metric, step length, averages

    /// The state as bytes: the same on every machine of the same byte order.
    [[nodiscard]] std::vector<std::uint8_t> to_bytes() const {
        detail::Writer out;
        out.write(magic);
        out.write(method);
        out.write(multipliers);
        out.write(bound);
        out.write(upper);
        out.write(static_cast<std::uint64_t>(history.size()));
        for (const HistoryEntry& entry : history) {  // by fields: padding between them has no fixed bytes
            out.write(entry.call);
            for (const double number : {entry.value, entry.bound, entry.upper, entry.step, entry.seconds}) out.write(number);
        }
        out.write(memory);
        return out.sealed();
    }

    /// The inverse of `to_bytes`. Throws `core::InputError` where the bytes are cut short, damaged, or of another version.
    [[nodiscard]] static State from_bytes(std::span<const std::uint8_t> bytes) {
        detail::Reader in = detail::Reader::unsealed(bytes, magic);
        State state;
        in.read(state.method);
        in.read(state.multipliers);
        in.read(state.bound);
        in.read(state.upper);
        std::uint64_t entries = 0;
        in.read(entries);
        for (; entries > 0; --entries) {
            HistoryEntry entry;
            in.read(entry.call);
            for (double* number : {&entry.value, &entry.bound, &entry.upper, &entry.step, &entry.seconds}) in.read(*number);
            state.history.push_back(entry);
        }
        in.read(state.memory);
        return state;
    }

private:
    static constexpr std::uint64_t magic = 0x32304c4f4945ULL;  // changes with the layout
};

}  // namespace meio::lagrangian
