#include "container/packet.hpp"
#include "sys/file.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace maelstrom::container {
namespace {

std::size_t descriptors_of_ours() {
    const sys::Fd directory = *sys::open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
    return sys::list_directory(directory)->size();
}

TEST(Packet, KeepsNoDescriptorThatNobodyAskedFor) {
    const auto [ours, theirs] = *packet_sockets();
    const sys::Fd file = *sys::memfd_create("file", 0);
    const std::size_t before = descriptors_of_ours();
    const char record = 'x';
    const int several[] = {file.get(), file.get(), file.get(), file.get()};
    ASSERT_TRUE(send_packet(theirs, {&record, 1}, several));
    {
        char read = 0;
        const auto received = receive_record(ours, &read, 1);
        ASSERT_TRUE(received && *received);
        EXPECT_TRUE((*received)->descriptor);
    }
    EXPECT_EQ(descriptors_of_ours(), before);
}

}  // namespace
}  // namespace maelstrom::container
