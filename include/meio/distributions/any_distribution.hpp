// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include <meio/core/random.hpp>
#include <meio/distributions/distribution.hpp>

namespace meio::distributions {

/// Any distribution, by value: a shared pointer to an immutable model. Satisfies the concept itself, so that functions
/// over distributions take it like any other. Copies are cheap and safe to use from several threads where the stored
/// type's const members are.
///
/// ```
/// struct TwoPoint { ... };                                      // a user's own type that satisfies Distribution
/// std::vector<meio::distributions::AnyDistribution> demands{Normal(100, 15), Poisson(3), TwoPoint{}};
/// ```
class AnyDistribution {
public:
    template <class D>
        requires(!std::same_as<std::remove_cvref_t<D>, AnyDistribution> && Distribution<std::remove_cvref_t<D>>)
    AnyDistribution(D&& distribution)  // NOLINT(google-explicit-constructor): conversion is what the type is for
        : model_(std::make_shared<const Holder<std::remove_cvref_t<D>>>(std::forward<D>(distribution))) {}

    [[nodiscard]] bool is_discrete() const { return model_->is_discrete(); }
    [[nodiscard]] double mean() const { return model_->mean(); }
    [[nodiscard]] double variance() const { return model_->variance(); }
    [[nodiscard]] double pmf(double x) const { return model_->pmf(x); }  ///< 0 where the stored type has none
    [[nodiscard]] double cdf(double x) const { return model_->cdf(x); }
    [[nodiscard]] double survival(double x) const { return model_->survival(x); }
    [[nodiscard]] double quantile(double p) const { return model_->quantile(p); }
    [[nodiscard]] double loss(double x) const { return model_->loss(x); }
    [[nodiscard]] double complementary_loss(double x) const { return model_->complementary_loss(x); }
    [[nodiscard]] double second_order_loss(double x) const { return model_->second_order_loss(x); }
    [[nodiscard]] double sample(core::RandomStream& stream) const { return model_->sample(stream); }

    /// The stored distribution where it is a D, otherwise nullptr.
    template <class D>
    [[nodiscard]] const D* target() const noexcept {
        const auto* holder = dynamic_cast<const Holder<D>*>(model_.get());
        return holder == nullptr ? nullptr : &holder->value;
    }

private:
    struct Model {
        virtual ~Model() = default;
        virtual bool is_discrete() const = 0;
        virtual double mean() const = 0;
        virtual double variance() const = 0;
        virtual double pmf(double x) const = 0;
        virtual double cdf(double x) const = 0;
        virtual double survival(double x) const = 0;
        virtual double quantile(double p) const = 0;
        virtual double loss(double x) const = 0;
        virtual double complementary_loss(double x) const = 0;
        virtual double second_order_loss(double x) const = 0;
        virtual double sample(core::RandomStream& stream) const = 0;
    };

    template <class D>
    struct Holder final : Model {
        explicit Holder(D distribution) : value(std::move(distribution)) {}
        bool is_discrete() const override { return value.is_discrete(); }
        double mean() const override { return value.mean(); }
        double variance() const override { return value.variance(); }
        double pmf([[maybe_unused]] double x) const override {
            if constexpr (DiscreteDistribution<D>) return value.pmf(x);
            return 0;
        }
        double cdf(double x) const override { return value.cdf(x); }
        double survival(double x) const override { return value.survival(x); }
        double quantile(double p) const override { return value.quantile(p); }
        double loss(double x) const override { return value.loss(x); }
        double complementary_loss(double x) const override { return value.complementary_loss(x); }
        double second_order_loss(double x) const override { return value.second_order_loss(x); }
        double sample(core::RandomStream& stream) const override { return value.sample(stream); }
        D value;
    };

    std::shared_ptr<const Model> model_;
};

static_assert(DiscreteDistribution<AnyDistribution>);

}  // namespace meio::distributions
