#pragma once

#include <string>
#include <string_view>

namespace maelstrom::terminal {

/// Watches what is typed for the escape character E: E^C ends the job, E^Z suspends us, EE is one
/// E, E and anything else is both. Owns no clock: whoever feeds it also says when a lone E has
/// waited long enough.
class EscapeFilter {
public:
    enum class Command { none, kill, suspend };

    explicit EscapeFilter(char escape) : escape_(escape) {}

    /// Takes input up to its end or the first command, removes that from `input`, and appends to
    /// `to_job` what is meant for the job.
    Command feed(std::string_view& input, std::string& to_job);
    /// An E was typed and nothing after it yet.
    bool pending() const { return pending_; }
    /// Nothing came after E for a while, or nothing will: it was meant as it is.
    void give_up(std::string& to_job);

private:
    Command finish_escape(char c, std::string& to_job);

    char escape_;
    bool pending_ = false;
};

}  // namespace maelstrom::terminal
