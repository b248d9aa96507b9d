// SPDX-License-Identifier: MIT
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <meio/core/context.hpp>
#include <meio/lagrangian/maximize.hpp>

#include "register.hpp"
#include "rendezvous.hpp"

namespace py = pybind11;
using namespace meio;
using namespace meio::lagrangian;

namespace {

using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Indices = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;
using Tags = py::array_t<std::uint64_t, py::array::c_style | py::array::forcecast>;

std::vector<double> vector_of(const Array& array) { return {array.data(), array.data() + array.size()}; }

template <class T>
py::array_t<T> array_of(std::span<const T> values) {
    py::array_t<T> result(static_cast<py::ssize_t>(values.size()), values.data());
    result.attr("setflags")(py::arg("write") = false);
    return result;
}

template <class T>
py::array_t<T> array_of(const std::vector<T>& values) {
    return array_of(std::span<const T>(values));
}

py::bytes bytes_of(const std::vector<std::uint8_t>& bytes) {
    return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// Any object with the buffer protocol.
State state_of(const py::buffer& source) {
    const py::buffer_info info = py::reinterpret_steal<py::object>(PyMemoryView_GetContiguous(source.ptr(), PyBUF_READ, 'C'))
                                     .cast<py::buffer>()
                                     .request();
    const auto count = static_cast<std::size_t>(info.size * info.itemsize);
    return State::from_bytes({static_cast<const std::uint8_t*>(info.ptr), count});
}

py::dict history_of(const std::vector<HistoryEntry>& history) {
    py::dict columns;
    const auto put = [&](const char* name, auto HistoryEntry::*field) {
        std::vector<std::remove_cvref_t<decltype(history[0].*field)>> values;
        values.reserve(history.size());
        for (const HistoryEntry& entry : history) values.push_back(entry.*field);
        columns[name] = array_of(values);
    };
    put("call", &HistoryEntry::call);
    put("value", &HistoryEntry::value);
    put("bound", &HistoryEntry::bound);
    put("upper", &HistoryEntry::upper);
    put("step", &HistoryEntry::step);
    put("seconds", &HistoryEntry::seconds);
    return columns;
}

// Three columns: group, tag, weight.
py::tuple weights_of(std::span<const Weight> weights) {
    std::vector<std::int64_t> groups;
    std::vector<std::uint64_t> tags;
    std::vector<double> shares;
    for (const Weight& weight : weights) {
        groups.push_back(static_cast<std::int64_t>(weight.group));
        tags.push_back(weight.tag);
        shares.push_back(weight.weight);
    }
    return py::make_tuple(array_of(groups), array_of(tags), array_of(shares));
}

/// Takes the replies out of what meio/lagrangian.py makes of a Python oracle's answer: (values, gradients, tags,
/// diagonal, hessian, value_errors, upper), all but the first two None where not told. Gradients are a matrix with a
/// row a group or CSR (indptr, indices, data); diagonal and hessian one block a group, or a list of (group, block).
class ReplyReader {
public:
    ReplyReader(const py::tuple& answer, std::span<Reply> replies, std::size_t size) : replies_(replies), size_(size) {
        const auto values = column<Array>(answer[0]);
        gradients(answer[1]);
        for (std::size_t g = 0; g < replies.size(); ++g) replies[g].value = values.data()[g];
        if (!answer[2].is_none()) {
            const auto tags = column<Tags>(answer[2]);
            for (std::size_t g = 0; g < replies.size(); ++g) replies[g].tag = tags.data()[g];
        }
        blocks(answer[3], size, &Reply::diagonal);
        blocks(answer[4], size * size, &Reply::hessian);
        if (!answer[5].is_none()) {
            const auto errors = column<Array>(answer[5]);
            for (std::size_t g = 0; g < replies.size(); ++g) replies[g].value_error = errors.data()[g];
        }
        if (!answer[6].is_none()) {
            const auto upper = column<Array>(answer[6]);
            for (std::size_t g = 0; g < replies.size(); ++g) replies[g].upper = upper.data()[g];
        }
    }

private:
    static void require(bool ok) {
        if (!ok) throw py::value_error("the oracle's answer has the wrong shape");
    }

    template <class A>
    A column(const py::handle& values) const {
        auto array = py::cast<A>(values);
        require(static_cast<std::size_t>(array.size()) == replies_.size());
        return array;
    }

    void gradients(const py::handle& source) {
        if (!py::isinstance<py::tuple>(source)) {
            const auto matrix = py::cast<Array>(source);
            require(static_cast<std::size_t>(matrix.size()) == replies_.size() * size_);
            for (std::size_t g = 0; g < replies_.size(); ++g)
                replies_[g].gradient.assign(matrix.data() + g * size_, matrix.data() + (g + 1) * size_);
            return;
        }
        const auto sparse = py::cast<py::tuple>(source);
        const auto starts = py::cast<Indices>(sparse[0]);
        const auto columns = py::cast<Indices>(sparse[1]);
        const auto values = py::cast<Array>(sparse[2]);
        require(static_cast<std::size_t>(starts.size()) == replies_.size() + 1 && columns.size() == values.size());
        for (std::size_t g = 0; g < replies_.size(); ++g) {
            replies_[g].gradient.assign(size_, 0.0);
            const std::int64_t first = starts.data()[g];
            const std::int64_t last = starts.data()[g + 1];
            require(0 <= first && first <= last && last <= columns.size());
            for (std::int64_t i = first; i < last; ++i) {
                const std::int64_t k = columns.data()[i];
                require(0 <= k && static_cast<std::size_t>(k) < size_);
                replies_[g].gradient[static_cast<std::size_t>(k)] += values.data()[i];
            }
        }
    }

    void blocks(const py::handle& source, std::size_t length, std::optional<std::vector<double>> Reply::*field) {
        if (source.is_none()) return;
        if (!py::isinstance<py::list>(source)) {
            const auto all = py::cast<Array>(source);
            require(static_cast<std::size_t>(all.size()) == replies_.size() * length);
            for (std::size_t g = 0; g < replies_.size(); ++g)
                (replies_[g].*field).emplace(all.data() + g * length, all.data() + (g + 1) * length);
            return;
        }
        for (const auto& item : py::reinterpret_borrow<py::list>(source)) {
            const auto pair = py::cast<py::tuple>(item);
            const auto g = py::cast<std::size_t>(pair[0]);
            const auto block = py::cast<Array>(pair[1]);
            require(g < replies_.size() && static_cast<std::size_t>(block.size()) == length);
            (replies_[g].*field).emplace(block.data(), block.data() + block.size());
        }
    }

    std::span<Reply> replies_;
    std::size_t size_;
};

/// A Python oracle, asked on the thread that called `maximize`.
class PythonOracle {
public:
    PythonOracle(std::size_t size, std::size_t groups, const py::object& all, const py::object& one, Rendezvous& meeting)
        : size_(size), groups_(groups), all_(all), one_(one), meeting_(meeting) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t groups() const { return groups_; }

    void evaluate(std::span<const double> multipliers, std::size_t group, Reply& reply) const {
        meeting_.ask([&] { ReplyReader(one_(array_of(multipliers), group), {&reply, 1}, size_); });
    }

    void evaluate_all(std::span<const double> multipliers, std::span<Reply> replies) const {
        meeting_.ask([&] { ReplyReader(all_(array_of(multipliers)), replies, size_); });
    }

private:
    std::size_t size_;
    std::size_t groups_;
    const py::object& all_;
    const py::object& one_;
    Rendezvous& meeting_;
};

static_assert(BatchOracle<PythonOracle>);

py::dict dict_of(const Result& result) {
    py::dict out;
    out["status"] = result.status;
    out["multipliers"] = array_of(result.multipliers);
    out["bound"] = result.bound;
    out["upper"] = result.upper;
    out["gap"] = result.gap;
    out["model_upper"] = result.model_upper;
    out["predicted_gap"] = result.predicted_gap;
    out["residual"] = result.residual;
    out["average_use"] = array_of(result.average_use);
    out["average_cost"] = result.average_cost;
    out["weights"] = weights_of(result.weights);
    out["calls"] = result.calls;
    out["seconds"] = result.seconds;
    out["model_seconds"] = result.model_seconds;
    out["inconsistency"] = result.inconsistency;
    out["ray"] = array_of(result.ray);
    out["diagnosis"] = result.diagnosis;
    out["history"] = history_of(result.history);
    out["state"] = std::make_shared<State>(result.state);
    return out;
}

// Returns the result's fields and what a Python function raised, or None.
py::tuple maximize_python(std::size_t size, std::size_t groups, const py::object& all, const py::object& one, const Array& b,
                          const Array& lower, const Array& upper, Options options, const std::shared_ptr<State>& start,
                          const std::shared_ptr<State>& resume, const py::object& primal, const py::object& checkpoint,
                          const py::object& progress, std::optional<double> time_limit) {
    const Problem problem{vector_of(b), vector_of(lower), vector_of(upper)};
    core::Context context;
    if (time_limit) context = core::Context::with_time_limit(*time_limit);
    Rendezvous meeting;
    const PythonOracle oracle(size, groups, all, one, meeting);
    options.start = start.get();
    options.resume = resume.get();
    // A callback that raises has set the stop flag: what is answered here in its place no longer matters.
    if (!primal.is_none())
        options.primal = [&](const PrimalPoint& point) {
            double cost = std::numeric_limits<double>::infinity();
            try {
                meeting.ask([&] {
                    cost = py::cast<double>(primal(array_of(point.multipliers), array_of(point.average_use),
                                                   weights_of(point.weights), point.bound));
                });
            } catch (const Rendezvous::Failed&) {
            }
            return cost;
        };
    if (!checkpoint.is_none())
        options.checkpoint = [&](const State& state) {
            try {
                meeting.ask([&] { checkpoint(std::make_shared<State>(state)); });
            } catch (const Rendezvous::Failed&) {
            }
        };
    if (!progress.is_none())
        context.callback = [&meeting, &progress, go_on = true](const core::Progress& now) mutable {
            if (!go_on) return false;  // the solver may look once more before it returns
            try {
                meeting.ask([&] { go_on = py::cast<bool>(progress(now.iteration, now.bound, now.cost, now.seconds)); });
            } catch (const Rendezvous::Failed&) {
                go_on = false;
            }
            return go_on;
        };
    Result result =
        meeting.run(context, [&](const core::Context& running) { return maximize(oracle, problem, options, running); });
    if (meeting.interrupted() && result.status == core::Status::numerical_error) {
        result.status = core::Status::interrupted;  // Ctrl-C fell into the oracle, which looked like a failure of it
        result.diagnosis = "asked to stop";
    }
    py::object raised = py::none();
    if (meeting.raised()) raised = meeting.raised()->value();
    return py::make_tuple(dict_of(result), raised);
}

}  // namespace

void register_lagrangian(py::module_& module) {
    auto m = module.def_submodule("lagrangian", "The Lagrangian dual solver; use meio.lagrangian.");
    py::native_enum<Method>(m, "Method", "enum.Enum", "How the next multipliers are found.")
        .value("BUNDLE", Method::bundle)
        .value("NEWTON", Method::newton)
        .value("LBFGS", Method::lbfgs)
        .value("POLYAK", Method::polyak)
        .value("HELD_WOLFE_CROWDER", Method::held_wolfe_crowder)
        .value("CAMERINI_FRATTA_MAFFIOLI", Method::camerini_fratta_maffioli)
        .value("VOLUME", Method::volume)
        .value("ADAGRAD", Method::adagrad)
        .finalize();
    py::native_enum<Metric>(m, "Metric", "enum.Enum", "In which norm the bundle measures a step.")
        .value("AUTOMATIC", Metric::automatic)
        .value("IDENTITY", Metric::identity)
        .value("USAGE", Metric::usage)
        .value("DIAGONAL", Metric::diagonal)
        .value("HESSIAN", Metric::hessian)
        .value("LBFGS", Metric::lbfgs)
        .finalize();
    py::class_<State, std::shared_ptr<State>>(m, "State", "Where a solve stands; pickle it, or keep its bytes.")
        .def_property_readonly(
            "multipliers", [](const State& s) { return array_of(s.multipliers); }, "The best so far.")
        .def_property_readonly(
            "bound", [](const State& s) { return s.bound; }, "The best dual value so far.")
        .def_property_readonly(
            "upper", [](const State& s) { return s.upper; }, "Cost of the best plan so far; infinite where none is known.")
        .def_property_readonly(
            "method", [](const State& s) { return s.method; }, "By which the solve goes on.")
        .def_property_readonly(
            "calls", [](const State& s) { return s.history.size(); }, "Calls of the oracle so far.")
        .def_property_readonly(
            "history", [](const State& s) { return history_of(s.history); }, "A column a quantity, a row a call.")
        .def(
            "to_bytes", [](const State& s) { return bytes_of(s.to_bytes()); },
            "The state as bytes: the same on every machine of the same byte order.")
        .def_static(
            "from_bytes", [](const py::buffer& bytes) { return std::make_shared<State>(state_of(bytes)); }, py::arg("bytes"),
            "The inverse of to_bytes. Raises InputError where the bytes are cut short, damaged, or of another version.")
        .def("__eq__",
             [](const State& s, const py::object& other) {
                 return py::isinstance<State>(other) && py::cast<const State&>(other).to_bytes() == s.to_bytes();
             })
        .def("__hash__", [](const State& s) { return py::hash(bytes_of(s.to_bytes())); })
        .def("__repr__",
             [](const State& s) {
                 return "<lagrangian.State " + std::to_string(s.multipliers.size()) + " multipliers, bound " +
                        std::string(py::str(py::float_(s.bound))) + ", " + std::to_string(s.history.size()) + " calls>";
             })
        .def(py::pickle([](const State& s) { return bytes_of(s.to_bytes()); },
                        [](const py::bytes& bytes) { return std::make_shared<State>(state_of(bytes)); }));
    m.def(
        "maximize",
        [](std::size_t size, std::size_t groups, const py::object& all, const py::object& one, const Array& b,
           const Array& lower, const Array& upper, Method method, Metric metric, const Array& initial, int max_calls, double relative_gap,
           double absolute_gap, double known_upper, int primal_every, int cut_groups, int max_cuts, int max_idle,
           double sample_share, std::uint64_t seed, int threads, const std::shared_ptr<State>& start,
           std::vector<std::size_t> changed_groups, const std::shared_ptr<State>& resume, int checkpoint_every,
           const py::object& primal, const py::object& checkpoint, const py::object& progress,
           const std::optional<double>& time_limit) {
            Options options;
            options.method = method;
            options.metric = metric;
            options.initial = vector_of(initial);
            options.max_calls = max_calls;
            options.relative_gap = relative_gap;
            options.absolute_gap = absolute_gap;
            options.upper = known_upper;
            options.primal_every = primal_every;
            options.cut_groups = cut_groups;
            options.max_cuts = max_cuts;
            options.max_idle = max_idle;
            options.sample_share = sample_share;
            options.seed = seed;
            options.threads = threads;
            options.changed_groups = std::move(changed_groups);
            options.checkpoint_every = checkpoint_every;
            return maximize_python(size, groups, all, one, b, lower, upper, std::move(options), start,
                                   resume, primal, checkpoint, progress, time_limit);
        },
        py::kw_only(), py::arg("size"), py::arg("groups"), py::arg("all"), py::arg("one"), py::arg("b"), py::arg("lower"),
        py::arg("upper"), py::arg("method"), py::arg("metric"), py::arg("initial"), py::arg("max_calls"),
        py::arg("relative_gap"), py::arg("absolute_gap"), py::arg("known_upper"), py::arg("primal_every"),
        py::arg("cut_groups"), py::arg("max_cuts"), py::arg("max_idle"), py::arg("sample_share"), py::arg("seed"),
        py::arg("threads"), py::arg("start") = nullptr, py::arg("changed_groups"), py::arg("resume") = nullptr,
        py::arg("checkpoint_every"), py::arg("primal"), py::arg("checkpoint"), py::arg("progress"), py::arg("time_limit"),
        "Returns the result's fields, and what a Python function raised or None.");
}
