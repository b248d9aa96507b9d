// SPDX-License-Identifier: MIT
#pragma once

#include <boost/math/special_functions/gamma.hpp>

namespace meio::distributions::detail {

/// Quantile of the unit-scale gamma and y^shape e^-y / Gamma(shape) there, in double arithmetic, for loops over products:
/// several times the speed of `Gamma`, relative error near 1e-14 where `lower` and `upper` (that add to 1) are both
/// given with their digits.
struct GammaPoint {
    double quantile;
    double density;
};

[[nodiscard]] inline GammaPoint gamma_point(double shape, double lower, double upper) {
    using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
    const double y = lower < upper ? boost::math::gamma_p_inv(shape, lower, Policy{})
                                   : boost::math::gamma_q_inv(shape, upper, Policy{});
    return {y, y > 0 ? y * boost::math::gamma_p_derivative(shape, y, Policy{}) : 0};
}

}  // namespace meio::distributions::detail
