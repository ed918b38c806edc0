#include "host/fake_host.hpp"
#include "host/identity.hpp"

#include <gmock/gmock.h>

namespace maelstrom::host {
namespace {

TEST(Identity, StaysWhileNothingChanges) {
    const FakeHost host;
    host.file("/var/lib/dpkg/status", "Package: a\n");
    EXPECT_EQ(base_identity(host.files()), base_identity(host.files()));
}

TEST(Identity, ChangesWithThePackageDatabase) {
    const FakeHost host;
    host.file("/var/lib/dpkg/status", "Package: a\nVersion: 1\n");
    const auto before = base_identity(host.files());
    host.file("/var/lib/dpkg/status", "Package: a\nVersion: 2\n");
    EXPECT_NE(base_identity(host.files()), before);
}

TEST(Identity, ChangesWithAFileThatNoPackageOwns) {
    const FakeHost host;
    host.file("/var/lib/dpkg/status", "");
    host.file("/usr/local/lib/a/b/c/d/module.py", "1");
    const auto before = base_identity(host.files());
    host.file("/usr/local/lib/a/b/c/d/module.py", "22");
    EXPECT_NE(base_identity(host.files()), before);
}

TEST(Identity, DoesNotLookAtFilesThatPackagesOwn) {
    const FakeHost host;
    host.file("/var/lib/dpkg/status", "");
    const auto before = base_identity(host.files());
    host.file("/usr/lib/libc.so", "other");
    EXPECT_EQ(base_identity(host.files()), before);
}

TEST(Identity, LooksAtTheWholeBaseWhereNoPackageDatabaseIsKnown) {
    const FakeHost host;
    const auto before = base_identity(host.files());
    host.file("/usr/lib/libc.so", "other");
    EXPECT_NE(base_identity(host.files()), before);
}

}  // namespace
}  // namespace maelstrom::host
