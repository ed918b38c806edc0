#include "container/slot.hpp"

#include "sys/file.hpp"

#include <fcntl.h>

namespace maelstrom::container {

util::Result<OutputPipes> OutputPipes::open() {
    auto [out, out_writer] = TRY(sys::pipe2());
    auto [err, err_writer] = TRY(sys::pipe2());
    // Only our ends: a program that found its output non-blocking would lose some of it.
    for (const sys::Fd* reader : {&out, &err}) {
        if (::fcntl(reader->get(), F_SETFL, O_NONBLOCK) != 0) {
            return util::fail_errno("fcntl");
        }
    }
    // Programs open them again by name (/dev/stdout), which asks for the permissions of a file.
    // Whoever can find them below /proc owns a process that has them anyway.
    for (const sys::Fd* writer : {&out_writer, &err_writer}) {
        TRY(sys::fchmod(*writer, 0666));
    }
    return OutputPipes{
        {std::move(out_writer), std::move(err_writer)}, std::move(out), std::move(err)};
}

}  // namespace maelstrom::container
