// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <meio/fulfilment/policy.hpp>

namespace meio::fulfilment {

/// Why the chosen facility was chosen.
enum class Reason : std::uint8_t {
    cheapest_total,          ///< least score, and least shipping term of all candidates
    preserves_scarce_stock,  ///< a candidate with a smaller shipping term lost on flow or stock prices
    fallback,                ///< a candidate that would have scored less was fenced off
    nobody                   ///< every candidate was fenced off or refused
};

/// The stable upper-case code of a reason, as written in logs.
[[nodiscard]] constexpr std::string_view to_string(Reason reason) noexcept {
    switch (reason) {
        case Reason::cheapest_total: return "CHEAPEST_TOTAL";
        case Reason::preserves_scarce_stock: return "PRESERVES_SCARCE_STOCK";
        case Reason::fallback: return "FALLBACK";
        case Reason::nobody: return "NOBODY";
    }
    return "UNKNOWN";
}

/// The stable upper-case code of a fence; empty for an open candidate.
[[nodiscard]] constexpr std::string_view to_string(Fence fence) noexcept {
    switch (fence) {
        case Fence::none: return "";
        case Fence::no_stock: return "NO_STOCK";
        case Fence::past_cutoff: return "PAST_CUTOFF";
        case Fence::capacity_full: return "CAPACITY_FULL";
    }
    return "UNKNOWN";
}

/// One row of a decision: a facility, what kept it out or what it scored.
struct Candidate {
    Option option{};
    Fence fence = Fence::none;
    Terms terms{};
    double score = 0;         ///< exactly `terms.total()`
    std::int32_t rank = -1;   ///< 0: chosen, 1: runner-up, ...; -1: fenced off or refused
    bool chosen = false;
};

/// One decision with every candidate, in the order given: written once, so that an explanation is a filter of the log.
struct Decision {
    std::vector<Candidate> candidates{};
    std::int32_t chosen = -1;  ///< position in `candidates`; -1: nobody
    Reason reason = Reason::nobody;
};

/// Decides one order and keeps why: fences first, then the lowest finite score, the first of equal ones.
///
/// `fences` is parallel to `options`. The choice is the one `score` alone would make. O(n^2) in the number of options.
template <ExplainedPolicy P>
[[nodiscard]] Decision decide(const P& policy, std::span<const Option> options, std::span<const Fence> fences) {
    Decision decision;
    std::vector<double> scores(options.size());
    policy.score(options, scores);
    for (std::size_t i = 0; i < options.size(); ++i) {
        Candidate row{options[i], fences[i], policy.terms(options[i]), scores[i]};
        decision.candidates.push_back(row);
    }
    const auto open = [&](std::size_t i) {
        return decision.candidates[i].fence == Fence::none && std::isfinite(decision.candidates[i].score);
    };
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (!open(i)) continue;
        std::int32_t rank = 0;
        for (std::size_t j = 0; j < options.size(); ++j)
            if (open(j) && (scores[j] < scores[i] || (scores[j] == scores[i] && j < i))) ++rank;
        decision.candidates[i].rank = rank;
        if (rank == 0) {
            decision.chosen = static_cast<std::int32_t>(i);
            decision.candidates[i].chosen = true;
        }
    }
    if (decision.chosen < 0) return decision;
    const Candidate& chosen = decision.candidates[static_cast<std::size_t>(decision.chosen)];
    decision.reason = Reason::cheapest_total;
    for (const Candidate& other : decision.candidates)
        if (other.fence == Fence::none && other.terms.shipping < chosen.terms.shipping)
            decision.reason = Reason::preserves_scarce_stock;
    for (const Candidate& other : decision.candidates)
        if (other.fence != Fence::none && other.score < chosen.score) decision.reason = Reason::fallback;
    return decision;
}

}  // namespace meio::fulfilment
