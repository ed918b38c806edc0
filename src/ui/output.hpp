#pragma once

#include "util/colour.hpp"
#include "util/error.hpp"

#include <cstddef>
#include <string_view>

namespace maelstrom::ui {

/// Where a reporter writes text: standard output, or a recording one in tests.
class Output {
public:
    virtual ~Output() = default;

    virtual void write(std::string_view text) = 0;
    /// A log message, for where nothing live is shown: it goes past what is read or piped.
    virtual void write_log(std::string_view text) = 0;
    /// Columns and rows now; 80 × 24 where nothing tells.
    virtual std::size_t columns() const = 0;
    virtual std::size_t rows() const = 0;
    /// Whether text can be overwritten: something live may be shown.
    virtual bool is_terminal() const = 0;
    virtual bool has_colour() const = 0;
    /// The first error of `write`, if any.
    virtual util::Result<void> status() const = 0;
};

using util::moves_cursor;
using util::TerminalWishes;
using util::wants_colour;

/// File descriptor 1, or 2 where something else has that one.
class StandardOutput final : public Output {
public:
    explicit StandardOutput(const TerminalWishes& wishes, int fd = 1);

    void write(std::string_view text) override;
    void write_log(std::string_view text) override;
    std::size_t columns() const override;
    std::size_t rows() const override;
    bool is_terminal() const override { return terminal_; }
    bool has_colour() const override { return colour_; }
    util::Result<void> status() const override { return status_; }

private:
    int fd_;
    bool is_tty_;
    bool terminal_;
    bool colour_;
    util::Result<void> status_;
};

}  // namespace maelstrom::ui
