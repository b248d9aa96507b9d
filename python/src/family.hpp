// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <meio/core/error.hpp>
#include <meio/distributions/fit.hpp>

/// The family of that name; throws `InputError` where there is none.
inline meio::distributions::Family family_of(const std::string& name) {
    using meio::distributions::Family;
    if (name == "count") return Family::count;
    if (name == "normal") return Family::normal;
    if (name == "gamma") return Family::gamma;
    if (name == "lognormal") return Family::lognormal;
    if (name == "poisson") return Family::poisson;
    meio::core::IssueList issues;
    issues.add("family", "", name, "must be one of count, normal, gamma, lognormal, poisson");
    issues.throw_if_any();
    return Family::count;
}
