#pragma once

#include <memory>
#include <string>

namespace maelstrom::ui {

/// What the fancy interface wants of a terminal besides writing to it. The seam for tests.
class TerminalControl {
public:
    virtual ~TerminalControl() = default;

    /// From here on keys arrive unseen and the cursor is hidden.
    virtual void begin() = 0;
    virtual void end() = 0;
    /// Typed since the last call.
    virtual std::string keys() = 0;
    /// False while another job has the terminal.
    virtual bool may_draw() const = 0;
    virtual bool wants_to_suspend() = 0;
    /// Stops this process until it is continued.
    virtual void suspend() = 0;
    /// Somebody else has used the terminal since the last call.
    virtual bool was_continued() = 0;
};

/// The real one, of that descriptor; keys come from standard input.
std::unique_ptr<TerminalControl> control_terminal(int output);

}  // namespace maelstrom::ui
