// SPDX-License-Identifier: MIT
// Small linear programs, cold and warm, beside Clp's primal and dual simplex where MEIO_HAVE_CLP is defined (link with -lClp
// -lCoinUtils): process CPU time a solve, best of several, equal objectives.
//   linear_program [seconds a measurement, default 0.2]
//   linear_program dump FOLDER    writes the programs as text for linear_program.py
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <meio/transport/revised_simplex.hpp>

#include "transport_timing.hpp"

#ifdef MEIO_HAVE_CLP
#include <coin/ClpSimplex.hpp>
#endif

namespace {

using namespace meio;
using transport::LinearProgram;

constexpr double infinity = std::numeric_limits<double>::infinity();
int failures = 0;

/// Suppliers to destinations with coupling rows over random lanes.
LinearProgram transport_program(int suppliers, int destinations, int coupling, unsigned seed) {
    std::mt19937_64 random(seed);
    LinearProgram lp;
    std::vector<double> demand(static_cast<std::size_t>(destinations));
    double total = 0;
    for (double& v : demand) total += v = 1 + static_cast<double>(random() % 30);
    for (int i = 0; i < suppliers; ++i) lp.add_row(-infinity, std::ceil(total / suppliers * 1.2));
    for (const double v : demand) lp.add_row(v, v);
    for (int k = 0; k < coupling; ++k) lp.add_row(-infinity, total * 0.6);
    for (int i = 0; i < suppliers; ++i)
        for (int j = 0; j < destinations; ++j) {
            std::vector<std::int32_t> rows{i, suppliers + j};
            std::vector<double> values{1, 1};
            for (int k = 0; k < coupling; ++k)
                if (random() % 2 != 0) {
                    rows.push_back(suppliers + destinations + k);
                    values.push_back(1 + static_cast<double>(random() % 2));
                }
            lp.add_variable(1 + static_cast<double>(random() % 20), 0, infinity, rows, values);
        }
    return lp;
}

/// Packing: half the entries, bounded variables.
LinearProgram random_program(int rows, int variables, unsigned seed) {
    std::mt19937_64 random(seed);
    const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    LinearProgram lp;
    for (int i = 0; i < rows; ++i) lp.add_row(-infinity, 10 + 20 * unit());
    for (int j = 0; j < variables; ++j) {
        std::vector<std::int32_t> at;
        std::vector<double> values;
        for (int i = 0; i < rows; ++i)
            if (unit() < 0.5) {
                at.push_back(i);
                values.push_back(1 + 9 * unit());
            }
        lp.add_variable(-1 - 9 * unit(), 0, 5 * unit() + 1, at, values);
    }
    return lp;
}

struct Named {
    const char* name;
    LinearProgram program;
};

std::vector<Named> programs() {
    return {{"transport 3 x 4", transport_program(3, 4, 0, 1)},
            {"transport 2 x 4, 1 coupling row", transport_program(2, 4, 1, 1)},
            {"random 7 x 12", random_program(7, 12, 1)},
            {"transport 4 x 24, 2 coupling rows", transport_program(4, 24, 2, 1)},
            {"transport 10 x 18, 2 coupling rows", transport_program(10, 18, 2, 1)},
            {"random 30 x 60", random_program(30, 60, 1)},
            {"transport 40 x 150, 5 coupling rows", transport_program(40, 150, 5, 1)}};
}

/// Seconds a call of `solve(k)`, k = 0, 1, ...; the best of ten measurements.
template <class Solve>
double time_of(double seconds, Solve&& solve) {
    double best = infinity;
    int repeats = 1;
    for (int round = 0; round < 10;) {
        const double begin = benchmark::cpu_seconds();
        for (int k = 0; k < repeats; ++k) solve(k);
        const double spent = benchmark::cpu_seconds() - begin;
        if (spent < seconds / 10 && repeats < 1000000) {
            repeats *= 2;
            continue;
        }
        best = std::min(best, spent / repeats);
        ++round;
    }
    return best;
}

// What differs from solve to solve of the warm measurements.
struct Changes {
    explicit Changes(const LinearProgram& lp) : sides(16), costs(16) {
        std::mt19937_64 random(5);
        for (std::size_t k = 0; k < sides.size(); ++k) {
            for (std::size_t i = 0; i < lp.row_count(); ++i)
                sides[k].push_back(0.7 + 0.3 * static_cast<double>(random() >> 11) * 0x1p-53);
            for (const double c : lp.costs) costs[k].push_back(c * (0.7 + 0.6 * static_cast<double>(random() >> 11) * 0x1p-53));
        }
    }
    std::vector<std::vector<double>> sides;   // factors of the row bounds, k by row
    std::vector<std::vector<double>> costs;
};

struct Figures {
    double cold = 0, sides = 0, costs = 0, row = 0, variable = 0;   ///< seconds a solve
    std::vector<double> objectives;                                  ///< cold, then after the changes, to compare
};

Figures ours(const LinearProgram& lp, double seconds) {
    const Changes changes(lp);
    Figures result;
    transport::RevisedSimplex solver(lp);
    const auto set_sides = [&](std::size_t k) {
        for (std::size_t i = 0; i < lp.row_count(); ++i)
            solver.set_row_bounds(static_cast<std::int32_t>(i), lp.row_lower[i] * changes.sides[k][i], lp.row_upper[i] * changes.sides[k][i]);
    };
    result.cold = time_of(seconds, [&](int) {
        solver.forget_basis();
        solver.solve();
    });
    result.objectives.push_back(solver.result().objective);
    result.sides = time_of(seconds, [&](int k) {
        set_sides(static_cast<std::size_t>(k) % 16);
        solver.solve();
    });
    for (std::size_t k = 0; k < 16; ++k) {
        set_sides(k);
        result.objectives.push_back(solver.solve().objective);
    }
    solver.load(lp);
    result.costs = time_of(seconds, [&](int k) {
        solver.set_costs(changes.costs[static_cast<std::size_t>(k) % 16]);
        solver.solve();
    });
    for (std::size_t k = 0; k < 16; ++k) {
        solver.set_costs(changes.costs[k]);
        result.objectives.push_back(solver.solve().objective);
    }
    // A row over all variables that cuts off the optimum, and a variable that pays; the old problem and basis are put back
    // within the time.
    const transport::LinearResult base = transport::solve_linear(lp);
    std::vector<std::int32_t> all;
    double sum = 0;
    for (std::size_t j = 0; j < lp.variable_count(); ++j) {
        all.push_back(static_cast<std::int32_t>(j));
        sum += base.x[j] * static_cast<double>(1 + j % 3);
    }
    std::vector<double> weights;
    for (std::size_t j = 0; j < lp.variable_count(); ++j) weights.push_back(static_cast<double>(1 + j % 3));
    const auto restore = [&] {
        solver.load(lp);
        solver.set_basis(base.basis);
    };
    const double putting_back = time_of(seconds, [&](int) { restore(); });
    result.row = time_of(seconds, [&](int) {
        restore();
        solver.add_row(-infinity, sum * 0.97, all, weights);
        solver.solve();
    }) - putting_back;
    result.objectives.push_back(solver.result().status == core::Status::optimal ? solver.result().objective : 1e30);
    std::vector<std::int32_t> rows{0, static_cast<std::int32_t>(lp.row_count()) - 1};
    const std::vector<double> ones{1, 1};
    double cost = -1;
    for (const std::int32_t i : rows) cost += base.row_duals[static_cast<std::size_t>(i)];
    result.variable = time_of(seconds, [&](int) {
        restore();
        solver.add_variable(cost, 0, 5, rows, ones);
        solver.solve();
    }) - putting_back;
    result.objectives.push_back(solver.result().objective);
    return result;
}

#ifdef MEIO_HAVE_CLP
void load(ClpSimplex& clp, const LinearProgram& lp) {
    clp.setLogLevel(0);
    clp.loadProblem(static_cast<int>(lp.variable_count()), static_cast<int>(lp.row_count()), lp.starts.data(), lp.rows.data(),
                    lp.values.data(), lp.lower.data(), lp.upper.data(), lp.costs.data(), lp.row_lower.data(), lp.row_upper.data());
}

Figures clp_of(const LinearProgram& lp, double seconds, double& setup) {
    const Changes changes(lp);
    Figures result;
    setup = time_of(seconds, [&](int) {
        ClpSimplex clp;
        load(clp, lp);
    });
    ClpSimplex clp;
    load(clp, lp);
    const auto cold = [&](bool dual) {
        return time_of(seconds, [&](int) {
            clp.allSlackBasis(true);
            if (dual)
                clp.dual();
            else
                clp.primal();
        });
    };
    result.cold = std::min(cold(true), cold(false));
    result.objectives.push_back(clp.objectiveValue());
    const auto set_sides = [&](std::size_t k) {
        for (std::size_t i = 0; i < lp.row_count(); ++i)
            clp.setRowBounds(static_cast<int>(i), lp.row_lower[i] == -infinity ? -COIN_DBL_MAX : lp.row_lower[i] * changes.sides[k][i],
                             lp.row_upper[i] == infinity ? COIN_DBL_MAX : lp.row_upper[i] * changes.sides[k][i]);
    };
    result.sides = time_of(seconds, [&](int k) {
        set_sides(static_cast<std::size_t>(k) % 16);
        clp.dual();
    });
    for (std::size_t k = 0; k < 16; ++k) {
        set_sides(k);
        clp.dual();
        result.objectives.push_back(clp.objectiveValue());
    }
    ClpSimplex again;
    load(again, lp);
    again.dual();
    const auto set_costs = [&](std::size_t k) {
        for (std::size_t j = 0; j < lp.variable_count(); ++j) again.setObjectiveCoefficient(static_cast<int>(j), changes.costs[k][j]);
    };
    result.costs = time_of(seconds, [&](int k) {
        set_costs(static_cast<std::size_t>(k) % 16);
        again.primal();
    });
    for (std::size_t k = 0; k < 16; ++k) {
        set_costs(k);
        again.primal();
        result.objectives.push_back(again.objectiveValue());
    }
    // The same row and variable as ours; Clp copies its model to begin again, which is measured apart.
    const transport::LinearResult base = transport::solve_linear(lp);
    ClpSimplex first;
    load(first, lp);
    first.dual();
    const double copying = time_of(seconds, [&](int) { ClpSimplex copy(first); });
    std::vector<int> all;
    std::vector<double> weights;
    double sum = 0;
    for (std::size_t j = 0; j < lp.variable_count(); ++j) {
        all.push_back(static_cast<int>(j));
        weights.push_back(static_cast<double>(1 + j % 3));
        sum += base.x[j] * weights.back();
    }
    double found = 0;
    result.row = time_of(seconds, [&](int) {
        ClpSimplex copy(first);
        copy.addRow(static_cast<int>(all.size()), all.data(), weights.data(), -COIN_DBL_MAX, sum * 0.97);
        copy.dual();
        found = copy.status() == 0 ? copy.objectiveValue() : 1e30;
    }) - copying;
    result.objectives.push_back(found);
    const int rows[] = {0, static_cast<int>(lp.row_count()) - 1};
    const double ones[] = {1, 1};
    double cost = -1;
    for (const int i : rows) cost += base.row_duals[static_cast<std::size_t>(i)];
    result.variable = time_of(seconds, [&](int) {
        ClpSimplex copy(first);
        copy.addColumn(2, rows, ones, 0, 5, cost);
        copy.primal();
        found = copy.objectiveValue();
    }) - copying;
    result.objectives.push_back(found);
    return result;
}
#endif

void print(const char* name, const LinearProgram& lp, const char* who, const Figures& f) {
    std::printf("| %s | %zu x %zu | %s | %.2f | %.2f | %.2f | %.2f | %.2f |\n", name, lp.row_count(), lp.variable_count(), who,
                1e6 * f.cold, 1e6 * f.sides, 1e6 * f.costs, 1e6 * f.row, 1e6 * f.variable);
    std::fflush(stdout);
}

void dump(const std::string& path, const LinearProgram& lp) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr) return;
    std::fprintf(file, "%zu %zu %zu\n", lp.row_count(), lp.variable_count(), lp.rows.size());
    const auto write = [&](const auto& values) {
        for (const auto v : values) std::fprintf(file, "%.17g ", static_cast<double>(v));
        std::fprintf(file, "\n");
    };
    write(lp.costs);
    write(lp.lower);
    write(lp.upper);
    write(lp.row_lower);
    write(lp.row_upper);
    write(lp.starts);
    write(lp.rows);
    write(lp.values);
    std::fprintf(file, "%.17g\n", transport::solve_linear(lp).objective);
    std::fclose(file);
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 2 && std::string(arguments[1]) == "dump") {
        int k = 0;
        for (const Named& named : programs()) dump(std::string(arguments[2]) + "/" + std::to_string(++k) + ".txt", named.program);
        return 0;
    }
    const double seconds = count > 1 ? std::atof(arguments[1]) : 0.2;
    std::printf("| program | rows x variables | solver | cold us | changed sides | changed costs | added row | added variable |\n");
    for (const Named& named : programs()) {
        const LinearProgram& lp = named.program;
        const Figures own = ours(lp, seconds);
        print(named.name, lp, "meio", own);
#ifdef MEIO_HAVE_CLP
        double setup = 0;
        const Figures clp = clp_of(lp, seconds, setup);
        print(named.name, lp, "Clp", clp);
        std::printf("set-up of Clp %.2f us\n", 1e6 * setup);
        for (std::size_t k = 0; k < own.objectives.size(); ++k)
            if (std::abs(own.objectives[k] - clp.objectives[k]) > 1e-7 * std::max(1.0, std::abs(own.objectives[k]))) {
                std::printf("DIFFERS %zu: %.12g %.12g\n", k, own.objectives[k], clp.objectives[k]);
                ++failures;
            }
#endif
    }
    return failures != 0;
}
