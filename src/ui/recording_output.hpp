#pragma once

#include "ui/output.hpp"

#include <string>

namespace maelstrom::ui {

/// An output for tests: keeps what is written and is what it is told to be.
class RecordingOutput final : public Output {
public:
    explicit RecordingOutput(std::size_t columns) : columns_(columns) {}

    void write(std::string_view text) override { text_ += text; }
    void write_log(std::string_view text) override { log_ += text; }
    std::size_t columns() const override { return columns_; }
    std::size_t rows() const override { return rows_; }
    bool is_terminal() const override { return terminal_; }
    bool has_colour() const override { return colour_; }
    util::Result<void> status() const override { return {}; }

    void become_terminal(std::size_t rows) {
        terminal_ = true;
        rows_ = rows;
    }
    void use_colour() { colour_ = true; }
    const std::string& text() const { return text_; }
    const std::string& log() const { return log_; }
    /// What was written since the last call.
    std::string take() { return std::exchange(text_, {}); }

private:
    std::size_t columns_;
    std::size_t rows_ = 24;
    bool terminal_ = false;
    bool colour_ = false;
    std::string text_;
    std::string log_;
};

}  // namespace maelstrom::ui
