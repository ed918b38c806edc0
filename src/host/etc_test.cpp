#include "host/etc.hpp"
#include "host/fake_host.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace maelstrom::host {
namespace {

using job::MadeFile;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Caller ann{.user = 1000,
                 .group = 1000,
                 .user_name = "ann",
                 .group_name = "ann",
                 .full_name = "Ann",
                 .home = "/home/ann",
                 .shell = "/bin/zsh",
                 .host_name = "castle"};

std::vector<MadeFile> copies(const FakeHost& host) {
    const Layout base = plan_layout(
        host.files(),
        {.with_base = true, .project = std::nullopt, .home = "/home/ann", .further = {}});
    return copied_etc(host.files(), base);
}

std::optional<MadeFile> find(const std::vector<MadeFile>& files, const std::string& path) {
    const auto found = std::ranges::find(files, path, &MadeFile::path);
    return found == files.end() ? std::nullopt : std::optional(*found);
}

std::string content(const std::vector<MadeFile>& files, const std::string& path) {
    const auto file = find(files, path);
    return file ? file->content : "(missing)";
}

TEST(Etc, CopiesWhatIsAllowedAndNothingElse) {
    const FakeHost host;
    host.file("/etc/services", "http 80/tcp\n");
    host.file("/etc/shadow", "root:secret\n");
    host.file("/etc/machine-id", "1");
    host.file("/etc/fedora-release", "Fedora 40\n");
    host.file("/etc/ld.so.conf.d/x.conf", "/usr/x\n");
    host.file("/etc/ssl/private/host.pem", "key");
    const auto files = copies(host);
    EXPECT_EQ(content(files, "/etc/services"), "http 80/tcp\n");
    EXPECT_EQ(content(files, "/etc/fedora-release"), "Fedora 40\n");
    EXPECT_EQ(content(files, "/etc/ld.so.conf.d/x.conf"), "/usr/x\n");
    EXPECT_FALSE(find(files, "/etc/shadow"));
    EXPECT_FALSE(find(files, "/etc/machine-id"));
    EXPECT_FALSE(find(files, "/etc/ssl/private/host.pem"));
}

TEST(Etc, CopiesWhatProgramsLinkTo) {
    const FakeHost host;
    host.file("/etc/java-17-openjdk/security/java.security", "security.provider.1=SUN\n");
    host.file("/etc/java-17-openjdk/management/jmxremote.password", "monitor secret\n");
    host.file("/etc/java-17-openjdk/server.jks", "key");
    host.file("/etc/maven/m2.conf", "main is org.apache.maven.cli.MavenCli\n");
    host.file("/etc/maven/settings.xml", "<password>secret</password>\n");
    host.file("/etc/manpath.config", "MANDATORY_MANPATH /usr/man\n");
    const auto files = copies(host);
    EXPECT_EQ(content(files, "/etc/java-17-openjdk/security/java.security"),
              "security.provider.1=SUN\n");
    EXPECT_FALSE(find(files, "/etc/java-17-openjdk/management/jmxremote.password"));
    EXPECT_FALSE(find(files, "/etc/java-17-openjdk/server.jks"));
    EXPECT_TRUE(find(files, "/etc/maven/m2.conf"));
    EXPECT_FALSE(find(files, "/etc/maven/settings.xml"));
    EXPECT_TRUE(find(files, "/etc/manpath.config"));
}

TEST(Etc, LeavesOutWhatNotEverybodyMayRead) {
    const FakeHost host;
    host.file("/etc/services", "x", 0640);
    EXPECT_FALSE(find(copies(host), "/etc/services"));
}

TEST(Etc, LeavesOutPrivateKeysWhateverTheirName) {
    const FakeHost host;
    host.file("/etc/ssl/certs/both.pem", "-----BEGIN RSA PRIVATE KEY-----\n");
    host.file("/etc/pki/tls/private/x", "x");
    host.file("/etc/pki/host.key", "x");
    const auto files = copies(host);
    EXPECT_FALSE(find(files, "/etc/ssl/certs/both.pem"));
    EXPECT_FALSE(find(files, "/etc/pki/tls/private/x"));
    EXPECT_FALSE(find(files, "/etc/pki/host.key"));
}

TEST(Etc, LinksIntoTheBaseStayLinks) {
    const FakeHost host;
    host.file("/usr/share/ca/a.crt", "cert");
    host.directory("/etc/ssl/certs");
    host.link("/usr/share/ca/a.crt", "/etc/ssl/certs/a.pem");
    host.link("a.pem", "/etc/ssl/certs/1234.0");
    const auto files = copies(host);
    EXPECT_EQ(find(files, "/etc/ssl/certs/a.pem")->kind, MadeFile::Kind::symlink);
    EXPECT_EQ(content(files, "/etc/ssl/certs/a.pem"), "/usr/share/ca/a.crt");
    EXPECT_EQ(content(files, "/etc/ssl/certs/1234.0"), "a.pem");
}

TEST(Etc, LinksOverPlacesThatAreNotShownLeadWhereTheyEnd) {
    const FakeHost host;
    host.file("/usr/share/zone/UTC", "TZif");
    host.directory("/etc/static");
    host.link("/usr/share/zone/UTC", "/etc/static/localtime");
    host.link("/etc/static/localtime", "/etc/localtime");
    EXPECT_EQ(content(copies(host), "/etc/localtime"), "/usr/share/zone/UTC");
}

TEST(Etc, LinksOutOfTheContainerBecomeTheContent) {
    const FakeHost host;
    host.file("/var/lib/ca/bundle.crt", "certificates");
    host.directory("/etc/ssl/certs");
    host.link("/var/lib/ca/bundle.crt", "/etc/ssl/certs/bundle.crt");
    host.link("/var/lib/ca/none.crt", "/etc/ssl/certs/none.crt");
    const auto files = copies(host);
    EXPECT_EQ(find(files, "/etc/ssl/certs/bundle.crt")->kind, MadeFile::Kind::file);
    EXPECT_EQ(content(files, "/etc/ssl/certs/bundle.crt"), "certificates");
    EXPECT_FALSE(find(files, "/etc/ssl/certs/none.crt"));
}

TEST(Etc, HugeFilesStayOutside) {
    const FakeHost host;
    host.file("/etc/services", std::string(5 << 20, 'x'));
    EXPECT_FALSE(find(copies(host), "/etc/services"));
}

TEST(Etc, KnowsRootNobodyAndTheCallerOnly) {
    const FakeHost host;
    const auto files = written_etc(host.files(), ann);
    EXPECT_EQ(content(files, "/etc/passwd"),
              "root:x:0:0:root:/root:/bin/sh\n"
              "ann:x:1000:1000:Ann:/home/ann:/bin/zsh\n"
              "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
    EXPECT_EQ(content(files, "/etc/group"), "root:x:0:\nann:x:1000:\nnogroup:x:65534:\n");
}

TEST(Etc, RootIsNotListedTwice) {
    const FakeHost host;
    Caller root = ann;
    root.user = 0;
    root.user_name = "root";
    EXPECT_THAT(content(written_etc(host.files(), root), "/etc/passwd"),
                Not(HasSubstr("/root:/bin/sh")));
}

TEST(Etc, NamesResolveFromFilesAlone) {
    const FakeHost host;
    host.file("/etc/hosts", "127.0.0.1 localhost\n10.1.2.3 intranet\n");
    const auto files = written_etc(host.files(), ann);
    EXPECT_EQ(content(files, "/etc/hosts"), "127.0.0.1\tlocalhost\n127.0.1.1\tcastle\n");
    EXPECT_EQ(content(files, "/etc/hostname"), "castle\n");
    EXPECT_THAT(content(files, "/etc/nsswitch.conf"), HasSubstr("hosts: files\n"));
    EXPECT_THAT(content(files, "/etc/resolv.conf"), IsEmpty());
}

TEST(Etc, IPv6IsNamedWhereTheHostNamesIt) {
    const FakeHost host;
    host.file("/etc/hosts", "::1 localhost\n");
    EXPECT_THAT(content(written_etc(host.files(), ann), "/etc/hosts"), HasSubstr("::1\tlocalhost"));
}

}  // namespace
}  // namespace maelstrom::host
