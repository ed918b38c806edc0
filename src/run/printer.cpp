#include "run/printer.hpp"

#include "sys/standard_streams.hpp"

namespace maelstrom::run {

util::Result<void> Printer::print(const Report& report) const {
    TRY(sys::write_whole(output_, report.output, "standard output"));
    TRY(sys::write_whole(errors_, report.errors, "standard error"));
    return {};
}

}  // namespace maelstrom::run
