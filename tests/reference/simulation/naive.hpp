// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <meio/network/supply_network.hpp>

namespace reference {

/// One order as the twin reads it.
struct NaiveOrder {
    std::int32_t product;
    std::int32_t region;
    std::int32_t speed;
    std::int32_t minute;
};

/// The simulator's rules with one object per unit of stock and per waiting customer, and no index: every number is a
/// count over all objects. Each facility other than a supplier must have exactly one incoming lane, from a lower id.
class NaiveSimulation {
public:
    struct Unit {
        int product;
        int facility;
        bool pass_on;   // in the stock that feeds others
        int due;        // -1: on hand
        int lane;
    };
    struct Waiting {
        int product;
        int service;
    };

    meio::network::SupplyNetwork net{};
    std::function<double(int product, int facility)> base_stock{};
    std::function<double(int product, int facility)> echelon{};
    std::function<double(int facility, double cost)> score{};
    std::function<int(int product, int lane, int period)> lead{};

    bool proportional = false;

    double purchase = 0, lane_cost = 0, holding = 0, storage = 0, shipping = 0, shortage = 0;
    long demanded = 0, filled = 0, shipped = 0, lost = 0, backordered = 0, on_time = 0;
    std::map<std::pair<int, int>, long> on_hand_sum{};

    void start() {
        for (int k = 0; k < products(); ++k)
            for (int f = 0; f < facilities(); ++f) {
                if (net.facilities[at(f)].supplier) continue;
                if (serves(f)) add(k, f, false, static_cast<long>(base_stock(k, f)));
                if (!feeds(f)) continue;
                long own = static_cast<long>(echelon(k, f)) - (serves(f) ? static_cast<long>(base_stock(k, f)) : 0);
                for (const int child : children(f)) own -= level(k, child);
                add(k, f, true, own);
            }
    }

    void step(int period, const std::vector<NaiveOrder>& orders, bool measured) {
        now = period;
        money = measured;
        sent_by.assign(net.facilities.size(), 0);
        for (int f = 0; f < facilities(); ++f)
            if (net.facilities[at(f)].supplier) send(f);
        for (int f = 0; f < facilities(); ++f) {
            if (net.facilities[at(f)].supplier || !used(f)) continue;
            receive(f);
            if (feeds(f)) send(f);
        }
        for (int f = 0; f < facilities(); ++f) serve_waiting(f);
        for (const NaiveOrder& order : orders) serve(order);
        if (!measured) return;
        for (const Unit& unit : units) {
            const auto& product = net.products[at(unit.product)];
            if (unit.due < 0) {
                holding += product.holding_cost;
                storage += net.facilities[at(unit.facility)].storage_cost * product.volume;
                ++on_hand_sum[{unit.product, unit.facility}];
            } else if (!net.facilities[at(net.lanes[at(unit.lane)].source)].supplier) {
                holding += product.holding_cost;
            }
        }
        for (const Waiting& customer : waiting)
            shortage += net.products[at(customer.product)].shortage_cost *
                        net.speeds[at(net.services[at(customer.service)].speed)].shortage_factor;
    }

    long stock() const { return static_cast<long>(units.size()); }
    long backlog() const { return static_cast<long>(waiting.size()); }

private:
    static std::size_t at(int i) { return static_cast<std::size_t>(i); }
    int products() const { return static_cast<int>(net.products.size()); }
    int facilities() const { return static_cast<int>(net.facilities.size()); }
    bool serves(int f) const {
        return std::any_of(net.services.begin(), net.services.end(), [&](const auto& s) { return s.facility == f; });
    }
    std::vector<int> children(int f) const {
        std::vector<int> result;
        for (const auto& lane : net.lanes)
            if (lane.source == f && used(lane.destination)) result.push_back(lane.destination);
        std::sort(result.begin(), result.end());
        return result;
    }
    bool feeds(int f) const { return !children(f).empty(); }
    bool used(int f) const {
        if (serves(f)) return true;
        for (const auto& lane : net.lanes)
            if (lane.source == f && used(lane.destination)) return true;
        return false;
    }
    int lane_into(int f) const {
        for (std::size_t l = 0; l < net.lanes.size(); ++l)
            if (net.lanes[l].destination == f) return static_cast<int>(l);
        return -1;
    }
    void add(int k, int f, bool pass_on, long count) {
        for (long i = 0; i < count; ++i) units.push_back({k, f, pass_on, -1, -1});
    }
    long level(int k, int f) const {
        return static_cast<long>(feeds(f) ? echelon(k, f) : base_stock(k, f));
    }
    long own_position(int k, int f, bool pass_on) const {
        long count = 0;
        for (const Unit& unit : units) count += unit.product == k && unit.facility == f && unit.pass_on == pass_on ? 1 : 0;
        if (!pass_on)
            for (const Waiting& customer : waiting)
                count -= customer.product == k && net.services[at(customer.service)].facility == f ? 1 : 0;
        return count;
    }
    long position(int k, int f) const {  // of the whole echelon
        long sum = (serves(f) ? own_position(k, f, false) : 0) + (feeds(f) ? own_position(k, f, true) : 0);
        for (const int child : children(f)) sum += position(k, child);
        return sum;
    }
    long on_hand(int k, int f, bool pass_on) const {
        long count = 0;
        for (const Unit& unit : units)
            count += unit.product == k && unit.facility == f && unit.pass_on == pass_on && unit.due < 0 ? 1 : 0;
        return count;
    }

    static void cut(std::vector<long*> wants, double room) {
        long total = 0;
        for (const long* want : wants) total += *want;
        if (static_cast<double>(total) <= room) return;
        const auto available = static_cast<long>(room);
        std::vector<long> rest;
        long given = 0;
        for (long* want : wants) {
            rest.push_back(*want * available % total);
            *want = *want * available / total;
            given += *want;
        }
        for (; given < available; ++given) {
            std::size_t best = 0;
            for (std::size_t i = 1; i < wants.size(); ++i)
                if (rest[i] > rest[best]) best = i;
            ++*wants[best];
            rest[best] = -1;
        }
    }

    struct Want {
        int product;
        int facility;
        long units;
    };

    // One unit at a time to whoever stands lowest.
    void balance(std::vector<Want>& wants, int f, long stock) const {
        std::vector<Want> given = wants;
        for (Want& want : given) want.units = 0;
        for (; stock > 0; --stock) {
            int next = -1;
            double lowest = 0;
            for (std::size_t i = 0; i < wants.size(); ++i) {
                if (given[i].units == wants[i].units) continue;
                const int k = wants[i].product;
                const int child = wants[i].facility;
                const long goal = std::max(1L, child == f ? static_cast<long>(base_stock(k, f)) : level(k, child));
                const long now_at = (child == f ? own_position(k, f, false) : position(k, child)) + given[i].units;
                const double share = static_cast<double>(now_at) / static_cast<double>(goal);
                if (next < 0 || share < lowest) {
                    next = static_cast<int>(i);
                    lowest = share;
                }
            }
            if (next < 0) break;
            ++given[at(next)].units;
        }
        wants = given;
    }

    void send(int f) {
        const bool supplier = net.facilities[at(f)].supplier;
        std::vector<Want> wants;
        for (int k = 0; k < products(); ++k) {
            std::vector<Want> mine;
            // The stock for its own customers stands where its node stands: before the facilities below.
            if (!supplier && serves(f)) mine.push_back({k, f, std::max(0L, static_cast<long>(base_stock(k, f)) - own_position(k, f, false))});
            for (const int child : children(f)) mine.push_back({k, child, std::max(0L, level(k, child) - position(k, child))});
            if (!supplier) {
                std::vector<long*> list;
                for (Want& want : mine) list.push_back(&want.units);
                if (proportional) {
                    cut(list, static_cast<double>(on_hand(k, f, true)));
                } else {
                    balance(mine, f, on_hand(k, f, true));
                }
            }
            for (const Want& want : mine) {
                if (want.facility != f) {
                    wants.push_back(want);
                    continue;
                }
                for (long i = 0; i < want.units; ++i)
                    std::find_if(units.begin(), units.end(), [&](const Unit& u) {
                        return u.product == k && u.facility == f && u.pass_on && u.due < 0;
                    })->pass_on = false;
            }
        }
        for (const int child : children(f)) {
            std::vector<long*> list;
            for (Want& want : wants)
                if (want.facility == child) list.push_back(&want.units);
            cut(list, net.lanes[at(lane_into(child))].capacity);
        }
        std::vector<long*> list;
        for (Want& want : wants) list.push_back(&want.units);
        cut(list, net.facilities[at(f)].outbound);
        for (const Want& want : wants) {
            if (want.units == 0) continue;
            const int lane = lane_into(want.facility);
            const int due = now + lead(want.product, lane, now);
            for (long i = 0; i < want.units; ++i) {
                if (!supplier)
                    units.erase(std::find_if(units.begin(), units.end(), [&](const Unit& u) {
                        return u.product == want.product && u.facility == f && u.pass_on && u.due < 0;
                    }));
                units.push_back({want.product, want.facility, feeds(want.facility), due, lane});
                ++sent_by[at(f)];
                if (!money) continue;
                lane_cost += net.lanes[at(lane)].cost;
                if (supplier) purchase += net.products[at(want.product)].unit_cost;
            }
        }
    }

    void receive(int f) {
        std::vector<long> due(net.products.size(), 0);
        for (const Unit& unit : units)
            if (unit.facility == f && unit.due >= 0 && unit.due <= now) ++due[at(unit.product)];
        std::vector<long*> list;
        for (long& count : due) list.push_back(&count);
        cut(list, net.facilities[at(f)].inbound);
        for (Unit& unit : units)
            if (unit.facility == f && unit.due >= 0 && unit.due <= now && due[at(unit.product)] > 0) {
                --due[at(unit.product)];
                unit.due = -1;
            }
    }

    void take(int k, int f) {
        units.erase(std::find_if(units.begin(), units.end(), [&](const Unit& u) {
            return u.product == k && u.facility == f && !u.pass_on && u.due < 0;
        }));
        ++sent_by[at(f)];
    }

    void serve_waiting(int f) {
        std::vector<long> can(net.products.size(), 0);
        std::vector<long*> list;
        for (int k = 0; k < products(); ++k) {
            for (const Waiting& customer : waiting)
                can[at(k)] += customer.product == k && net.services[at(customer.service)].facility == f ? 1 : 0;
            can[at(k)] = std::min(can[at(k)], on_hand(k, f, false));
            list.push_back(&can[at(k)]);
        }
        cut(list, net.facilities[at(f)].outbound - static_cast<double>(sent_by[at(f)]));
        for (int k = 0; k < products(); ++k)
            for (; can[at(k)] > 0; --can[at(k)]) {
                const auto first = std::find_if(waiting.begin(), waiting.end(), [&](const Waiting& customer) {
                    return customer.product == k && net.services[at(customer.service)].facility == f;
                });
                take(k, f);
                if (money) {
                    shipping += net.services[at(first->service)].cost;
                    ++shipped;
                }
                waiting.erase(first);
            }
    }

    void serve(const NaiveOrder& order) {
        std::vector<int> in_time;
        std::vector<int> all;
        for (std::size_t row = 0; row < net.services.size(); ++row) {
            const auto& s = net.services[row];
            if (s.region != order.region || s.speed != order.speed) continue;
            all.push_back(static_cast<int>(row));
            const int local = order.minute - net.regions[at(order.region)].utc_offset_minutes +
                              net.facilities[at(s.facility)].utc_offset_minutes + 2880;
            if (local % 1440 <= s.cutoff_minute) in_time.push_back(static_cast<int>(row));
        }
        const bool late = in_time.empty();
        const auto best = [&](bool fenced) {
            int chosen = -1;
            for (const int row : late ? all : in_time) {
                const auto& s = net.services[at(row)];
                if (fenced && (on_hand(order.product, s.facility, false) == 0 ||
                               static_cast<double>(sent_by[at(s.facility)]) + 1 > net.facilities[at(s.facility)].outbound))
                    continue;
                const auto key = [&](int r) {
                    const auto& x = net.services[at(r)];
                    return std::make_tuple(score(x.facility, x.cost), x.cost, x.facility, r);
                };
                if (chosen < 0 || key(row) < key(chosen)) chosen = row;
            }
            return chosen;
        };
        if (money) ++demanded;
        if (const int now_row = best(true); now_row >= 0) {
            take(order.product, net.services[at(now_row)].facility);
            if (!money) return;
            shipping += net.services[at(now_row)].cost;
            ++shipped;
            ++filled;
            if (!late) ++on_time;
            return;
        }
        if (net.regions[at(order.region)].shortage == meio::network::Shortage::backorder) {
            if (const int row = best(false); row >= 0) {
                waiting.push_back({order.product, row});
                if (money) ++backordered;
                return;
            }
        }
        if (!money) return;
        ++lost;
        shortage += net.products[at(order.product)].shortage_cost * net.speeds[at(order.speed)].shortage_factor;
    }

    std::vector<Unit> units{};
    std::vector<Waiting> waiting{};
    std::vector<long> sent_by{};
    int now = 0;
    bool money = false;
};

}  // namespace reference
