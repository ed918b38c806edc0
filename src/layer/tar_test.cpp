#include "layer/tar.hpp"
#include "store/sha256.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bzlib.h>
#include <fcntl.h>
#include <lzma.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

namespace maelstrom::layer {
namespace {

using ::testing::HasSubstr;
using util::ErrorKind;

enum class Type : char {
    file = '0',
    hard_link = '1',
    link = '2',
    device = '3',
    directory = '5',
    pipe = '6'
};

struct Member {
    std::string path;
    Type type = Type::file;
    std::string content;  ///< the target of a link
    unsigned mode = 0644;
};

void put_octal(std::string& block, std::size_t at, std::size_t width, std::uint64_t number) {
    block.replace(at, width, fmt::format("{:0{}o}", number, width - 1) + '\0');
}

std::string padded(std::string bytes) {
    bytes.resize((bytes.size() + 511) / 512 * 512);
    return bytes;
}

/// One header of POSIX's ustar format.
std::string header_of(const std::string& name,
                      char type,
                      std::size_t size,
                      unsigned mode,
                      const std::string& target) {
    std::string block(512, '\0');
    block.replace(0, name.size(), name);
    put_octal(block, 100, 8, mode);
    put_octal(block, 108, 8, 0);
    put_octal(block, 116, 8, 0);
    put_octal(block, 124, 12, size);
    put_octal(block, 136, 12, 1'700'000'000);
    block.replace(148, 8, "        ");
    block[156] = type;
    block.replace(157, target.size(), target);
    block.replace(257, 8, std::string("ustar\00000", 8));
    unsigned sum = 0;
    for (const char c : block) {
        sum += static_cast<unsigned char>(c);
    }
    put_octal(block, 148, 7, sum);
    return block;
}

std::string record_of(const std::string& key, const std::string& value) {
    const std::string rest = " " + key + "=" + value + "\n";
    std::size_t length = rest.size() + 1;
    while (std::to_string(length).size() + rest.size() != length) {
        ++length;
    }
    return std::to_string(length) + rest;
}

/// Whatever the members say: nothing is checked.
std::string tar_of(const std::vector<Member>& members) {
    std::string tar;
    for (const Member& member : members) {
        const bool is_link = member.type == Type::link || member.type == Type::hard_link;
        const std::string target = is_link ? member.content : "";
        const std::string content = member.type == Type::file ? member.content : "";
        if (member.path.size() > 99 || target.size() > 99) {
            const std::string records =
                record_of("path", member.path) + record_of("linkpath", target);
            tar += header_of("pax", 'x', records.size(), 0644, "") + padded(records);
        }
        tar += header_of(member.path.substr(0, 99), static_cast<char>(member.type), content.size(),
                         member.mode, target.substr(0, 99)) +
               padded(content);
    }
    return tar + std::string(1024, '\0');
}

std::string gzipped(std::string bytes) {
    std::string out(bytes.size() + 1000, '\0');
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstandard(const std::string& bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
    return out;
}

std::string xzed(const std::string& bytes) {
    std::string out(lzma_stream_buffer_bound(bytes.size()), '\0');
    std::size_t used = 0;
    EXPECT_EQ(lzma_easy_buffer_encode(
                  6, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                  bytes.size(), reinterpret_cast<std::uint8_t*>(out.data()), &used, out.size()),
              LZMA_OK);
    out.resize(used);
    return out;
}

std::string bzipped(std::string bytes) {
    std::string out(bytes.size() + 1000, '\0');
    auto used = static_cast<unsigned>(out.size());
    BZ2_bzBuffToBuffCompress(out.data(), &used, bytes.data(), static_cast<unsigned>(bytes.size()),
                             9, 0, 0);
    out.resize(used);
    return out;
}

class ATar : public ::testing::Test {
protected:
    Result<Directory> read(const std::string& bytes, const TarLimits& limits = {}) {
        const std::string path = dir.write("some.tar", bytes);
        return read_tar(*store, *sys::open(path, O_RDONLY), limits);
    }
    Directory read(const std::vector<Member>& members) {
        auto tree = read(tar_of(members));
        EXPECT_TRUE(tree) << tree.error().message();
        return tree ? std::move(*tree) : Directory{};
    }
    static const Node* at(const Directory& tree, std::string_view name) {
        const auto child = tree.children.find(name);
        return child == tree.children.end() ? nullptr : &child->second;
    }

    testing::TempDir dir;
    std::unique_ptr<store::Store> store = std::move(*store::Store::open({dir / "store"}));
};

TEST_F(ATar, BecomesFilesDirectoriesAndLinks) {
    const Directory tree = read(std::vector<Member>{{"d/", Type::directory, "", 0750},
                                                    {"d/f", Type::file, "content", 04755},
                                                    {"l", Type::link, "d/f"}});
    EXPECT_EQ(at(tree, "d")->directory()->attributes,
              (FileAttributes{.mode = 0750, .mtime = {1'700'000'000, 0}}));
    const File* file = at(*at(tree, "d")->directory(), "f")->file();
    EXPECT_EQ(file->digest, store::digest_of("content"));
    EXPECT_EQ(file->attributes.mode, 04755U);
    EXPECT_EQ(*store->read(file->digest), "content");
    EXPECT_EQ(at(tree, "l")->link()->target, "d/f");
}

TEST_F(ATar, MayBeCompressedInAnyUsualWay) {
    const std::string plain = tar_of({{"f", Type::file, "content"}});
    for (const std::string& bytes :
         {plain, gzipped(plain), zstandard(plain), xzed(plain), bzipped(plain)}) {
        const auto tree = read(bytes);
        ASSERT_TRUE(tree) << tree.error().message();
        EXPECT_EQ(at(*tree, "f")->file()->digest, store::digest_of("content"));
    }
}

TEST_F(ATar, KeepsLongNamesAndTargets) {
    const std::string name(150, 'n');
    const std::string target = std::string(90, 'a') + "/" + std::string(90, 'b') + "/é";
    const Directory tree = read(std::vector<Member>{{"é/" + name, Type::link, target}});
    EXPECT_EQ(at(*at(tree, "é")->directory(), name)->link()->target, target);
}

TEST_F(ATar, GivesAFileASecondName) {
    const Directory tree =
        read(std::vector<Member>{{"d/f", Type::file, "content"}, {"g", Type::hard_link, "./d/f"}});
    ASSERT_NE(at(tree, "g"), nullptr);
    EXPECT_EQ(at(tree, "g")->file()->digest, store::digest_of("content"));
}

TEST_F(ATar, RefusesASecondNameOfNothing) {
    const auto tree = read(tar_of({{"g", Type::hard_link, "missing"}}));
    EXPECT_THAT(tree.error().message(), HasSubstr("\"g\" is a hard link to \"missing\""));
    EXPECT_FALSE(read(tar_of({{"d/", Type::directory}, {"g", Type::hard_link, "d"}})));
}

TEST_F(ATar, TakesTheLaterMemberOfOneName) {
    const Directory tree =
        read(std::vector<Member>{{"f", Type::file, "old"}, {"f", Type::file, "new"}});
    EXPECT_EQ(at(tree, "f")->file()->digest, store::digest_of("new"));
}

TEST_F(ATar, KeepsWhiteoutsAndOpaqueMarks) {
    const Directory tree = read(std::vector<Member>{{"d/", Type::directory, "", 0755},
                                                    {"d/.wh.gone", Type::file},
                                                    {"e/.wh..wh..opq", Type::file},
                                                    {".wh..wh.plnk", Type::file}});
    EXPECT_TRUE(at(*at(tree, "d")->directory(), "gone")->is_whiteout());
    EXPECT_TRUE(at(tree, "e")->directory()->is_opaque);
    EXPECT_EQ(tree.children.size(), 2U);
}

TEST_F(ATar, RefusesToLeaveTheRoot) {
    EXPECT_THAT(read(tar_of({{"a/../../etc/passwd", Type::file, "x"}})).error().message(),
                HasSubstr("a/../../etc/passwd"));
}

TEST_F(ATar, AnchorsAbsoluteNamesAtTheRoot) {
    const Directory tree = read(std::vector<Member>{{"/etc/passwd", Type::file, "x"}});
    EXPECT_NE(at(tree, "etc"), nullptr);
}

TEST_F(ATar, NeverWritesThroughALinkToTheHost) {
    const std::string outside = dir / "outside";
    ASSERT_TRUE(sys::make_directories(outside));
    const Directory tree =
        read(std::vector<Member>{{"l", Type::link, outside}, {"l/x", Type::file, "x"}});
    EXPECT_NE(at(tree, "l")->link(), nullptr);
    EXPECT_FALSE(sys::fstatat(AT_FDCWD, outside + "/x"));
}

TEST_F(ATar, SkipsDevicesAndPipes) {
    const Directory tree = read(std::vector<Member>{
        {"null", Type::device}, {"pipe", Type::pipe}, {"f", Type::file, "content"}});
    EXPECT_EQ(tree.children.size(), 1U);
}

TEST_F(ATar, SaysThatAFileIsNoTar) {
    const auto tree = read(std::string(4096, 'x'));
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().kind(), ErrorKind::invalid);
}

TEST_F(ATar, SaysThatItIsCutShort) {
    const std::string whole = tar_of({{"f", Type::file, std::string(100'000, 'x')}});
    EXPECT_FALSE(read(whole.substr(0, 50'000)));
}

TEST_F(ATar, StopsAtItsLimits) {
    const std::string bytes =
        tar_of({{"a", Type::file, std::string(1000, 'x')}, {"b", Type::file, "x"}});
    EXPECT_EQ(read(bytes, {.members = 1}).error().kind(), ErrorKind::exhausted);
    EXPECT_EQ(read(bytes, {.data = {500}}).error().kind(), ErrorKind::exhausted);
}

TEST_F(ATar, TakesALargeMember) {
    const std::string large(3 << 20, 'x');
    const Directory tree = read(std::vector<Member>{{"f", Type::file, large}});
    EXPECT_EQ(*store->read(at(tree, "f")->file()->digest), large);
}

}  // namespace
}  // namespace maelstrom::layer
