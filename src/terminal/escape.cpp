#include "terminal/escape.hpp"

#include <utility>

namespace maelstrom::terminal {

namespace {

constexpr char control_c = 3;
constexpr char control_z = 26;

}  // namespace

EscapeFilter::Command EscapeFilter::feed(std::string_view& input, std::string& to_job) {
    while (!input.empty()) {
        const char c = input.front();
        input.remove_prefix(1);
        if (std::exchange(pending_, false)) {
            if (const Command command = finish_escape(c, to_job); command != Command::none) {
                return command;
            }
        } else if (c == escape_) {
            pending_ = true;
        } else {
            to_job += c;
        }
    }
    return Command::none;
}

void EscapeFilter::give_up(std::string& to_job) {
    if (std::exchange(pending_, false)) {
        to_job += escape_;
    }
}

EscapeFilter::Command EscapeFilter::finish_escape(char c, std::string& to_job) {
    // EE first: E may itself be ^C or ^Z.
    if (c == escape_) {
        to_job += escape_;
        return Command::none;
    }
    if (c == control_c) {
        return Command::kill;
    }
    if (c == control_z) {
        return Command::suspend;
    }
    to_job += escape_;
    to_job += c;
    return Command::none;
}

}  // namespace maelstrom::terminal
