// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace meio::core {

/// One finding about wrong input.
struct Issue {
    std::string field;  ///< what is wrong: "supply", "lanes.lead_time", ...
    std::string row;    ///< which row, index or name; empty where the whole field is meant
    std::string value;  ///< the value found, as text
    std::string fix;    ///< what would be right
};

/// Wrong input. Carries every problem found in one pass; `what()` lists them all.
class InputError : public std::invalid_argument {
public:
    explicit InputError(std::vector<Issue> issues)
        : std::invalid_argument(describe(issues)), issues_(std::move(issues)) {}

    [[nodiscard]] const std::vector<Issue>& issues() const noexcept { return issues_; }

private:
    static std::string describe(const std::vector<Issue>& issues) {
        std::string text = std::to_string(issues.size()) + (issues.size() == 1 ? " problem" : " problems");
        for (const Issue& issue : issues) {
            text += "\n  " + issue.field;
            if (!issue.row.empty()) text += "[" + issue.row + "]";
            if (!issue.value.empty()) text += " = " + issue.value;
            text += ": " + issue.fix;
        }
        return text;
    }

    std::vector<Issue> issues_;
};

/// Gathers findings while input is checked, then throws them together.
class IssueList {
public:
    void add(std::string field, std::string row, std::string value, std::string fix) {
        issues_.push_back({std::move(field), std::move(row), std::move(value), std::move(fix)});
    }

    /// Records the finding unless `ok`; returns `ok`.
    bool require(bool ok, const char* field, std::size_t row, double value, const char* fix) {
        if (!ok) add(field, std::to_string(row), std::to_string(value), fix);
        return ok;
    }

    /// Records a finding about an option (no row) unless `ok`; returns `ok`.
    bool require(bool ok, const char* field, double value, const char* fix) {
        if (!ok) add(field, "", std::to_string(value), fix);
        return ok;
    }

    [[nodiscard]] bool empty() const noexcept { return issues_.empty(); }

    /// Throws `InputError` with all findings, or does nothing where there are none.
    void throw_if_any() {
        if (!issues_.empty()) throw InputError(std::move(issues_));
    }

private:
    std::vector<Issue> issues_;
};

}  // namespace meio::core
