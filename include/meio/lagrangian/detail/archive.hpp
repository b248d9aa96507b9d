// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <meio/core/error.hpp>

namespace meio::lagrangian::detail {

/// FNV-1a, to notice bytes that were cut short or damaged.
inline std::uint64_t checksum(std::span<const std::uint8_t> bytes) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3ULL;
    return hash;
}

/// Appends plain values and vectors of them, nested as deep as need be, to bytes.
class Writer {
public:
    template <class T>
    void write(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
        bytes_.insert(bytes_.end(), from, from + sizeof(T));
    }
    template <class T>
    void write(const std::vector<T>& values) {
        write(static_cast<std::uint64_t>(values.size()));
        for (const T& value : values) write(value);
    }
    template <class... T>
    void all(const T&... values) {
        (write(values), ...);
    }
    [[nodiscard]] std::vector<std::uint8_t> bytes() const { return bytes_; }
    [[nodiscard]] std::vector<std::uint8_t> sealed() {
        write(checksum(bytes_));
        return bytes_;
    }

private:
    std::vector<std::uint8_t> bytes_{};
};

/// Reads back what a `Writer` wrote, in the same order; throws `core::InputError` where the bytes end too early.
class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    /// Checks the checksum at the end and the first word, then reads what lies between.
    [[nodiscard]] static Reader unsealed(std::span<const std::uint8_t> bytes, std::uint64_t first_word) {
        constexpr std::size_t word = sizeof(std::uint64_t);
        if (bytes.size() < 2 * word) fail(bytes.size());
        std::uint64_t sum = 0;
        std::memcpy(&sum, bytes.data() + bytes.size() - word, word);
        const auto body = bytes.first(bytes.size() - word);
        Reader reader(body);
        std::uint64_t first = 0;
        reader.read(first);
        if (sum != checksum(body) || first != first_word) fail(bytes.size());
        return reader;
    }

    template <class T>
    void read(T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (bytes_.size() - at_ < sizeof(T)) fail(bytes_.size());
        std::memcpy(&value, bytes_.data() + at_, sizeof(T));
        at_ += sizeof(T);
    }
    template <class T>
    void read(std::vector<T>& values) {
        std::uint64_t count = 0;
        read(count);
        if (count > bytes_.size() - at_) fail(bytes_.size());  // every entry takes a byte at least
        values.resize(static_cast<std::size_t>(count));
        for (T& value : values) read(value);
    }

    template <class... T>
    void all(T&... values) {
        (read(values), ...);
    }

private:
    [[noreturn]] static void fail(std::size_t size) {
        core::IssueList issues;
        issues.add("state", "", std::to_string(size) + " bytes", "must be what to_bytes() of this version of meio gave");
        issues.throw_if_any();
        throw;  // not reached: the list is not empty
    }

    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

}  // namespace meio::lagrangian::detail
