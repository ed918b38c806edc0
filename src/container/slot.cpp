#include "container/slot.hpp"

#include "sys/output_pipe.hpp"

namespace maelstrom::container {

util::Result<OutputPipes> OutputPipes::open() {
    auto out = TRY(sys::OutputPipe::open());
    auto err = TRY(sys::OutputPipe::open());
    return OutputPipes{{std::move(out.writer), std::move(err.writer)},
                       std::move(out.reader),
                       std::move(err.reader)};
}

}  // namespace maelstrom::container
