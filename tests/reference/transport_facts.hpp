// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <meio/transport/options.hpp>

namespace meio::reference {

/// The cells of a file of tests/data/transport, without its head; no cell holds a comma.
inline std::vector<std::vector<std::string>> transport_table(const std::string& name) {
    std::ifstream in(std::filesystem::path(__FILE__).parent_path() / "../data/transport" / name);
    if (!in.good()) throw std::runtime_error("no tests/data/transport/" + name);
    std::vector<std::vector<std::string>> rows;
    std::string line, cell;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::istringstream cells(line);
        rows.emplace_back();
        while (std::getline(cells, cell, ',')) rows.back().push_back(cell);
    }
    return rows;
}

/// A published instance and its optimum.
struct TransportFact {
    std::string name;
    std::vector<double> supply;
    std::vector<double> demand;
    std::vector<double> costs;
    double optimum = 0;
    transport::Relation demand_relation = transport::Relation::exactly;
};

inline std::vector<TransportFact> transport_facts() {
    const auto numbers = [](const std::string& text) {
        std::istringstream in(text);
        std::vector<double> values;
        for (std::string word; in >> word;) values.push_back(std::stod(word));
        return values;
    };
    std::vector<TransportFact> facts;
    for (const auto& row : transport_table("facts.csv"))
        facts.push_back({row[0], numbers(row[1]), numbers(row[2]), numbers(row[3]), std::stod(row[5]),
                         row[4] == "at_least" ? transport::Relation::at_least : transport::Relation::exactly});
    return facts;
}

/// A generated instance whose optimum several solvers agreed on; `arcs_each` 0: dense.
struct GeneratedFact {
    std::string family;
    std::size_t sources = 0, destinations = 0, arcs_each = 0;
    double optimum = 0;
};

inline std::vector<GeneratedFact> generated_facts() {
    std::vector<GeneratedFact> facts;
    for (const auto& row : transport_table("generated.csv"))
        facts.push_back({row[0], std::stoul(row[1]), std::stoul(row[2]), std::stoul(row[3]), std::stod(row[4])});
    return facts;
}

}  // namespace meio::reference
