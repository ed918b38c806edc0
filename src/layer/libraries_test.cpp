#include "layer/elf.hpp"
#include "layer/libraries.hpp"
#include "layer/library_memo.hpp"
#include "store/store.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <elf.h>
#include <fcntl.h>

#include <cstring>

namespace maelstrom::layer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Parts {
    std::string interpreter;
    std::vector<std::string> needed;
    std::string rpath;
    std::string runpath;
    Elf64_Half machine = EM_X86_64;
};

template <class T>
void append(std::string& to, const T& value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// The smallest file that names its libraries as a real one does: one segment, loaded at 0x10000,
/// and no sections.
std::string elf_of(const Parts& parts) {
    constexpr std::uint64_t base = 0x10000;
    std::string strings(1, '\0');
    const auto intern = [&](const std::string& text) {
        const std::uint64_t at = strings.size();
        strings += text + '\0';
        return at;
    };
    std::vector<Elf64_Dyn> entries;
    const auto add = [&](Elf64_Sxword tag, std::uint64_t value) {
        entries.push_back({.d_tag = tag, .d_un = {.d_val = value}});
    };
    for (const std::string& name : parts.needed) {
        add(DT_NEEDED, intern(name));
    }
    if (!parts.rpath.empty()) {
        add(DT_RPATH, intern(parts.rpath));
    }
    if (!parts.runpath.empty()) {
        add(DT_RUNPATH, intern(parts.runpath));
    }
    const std::uint64_t interpreter = intern(parts.interpreter);
    const bool has_interpreter = !parts.interpreter.empty();
    const std::uint64_t headers =
        sizeof(Elf64_Ehdr) + (has_interpreter ? 3 : 2) * sizeof(Elf64_Phdr);
    const std::uint64_t dynamic_size = (entries.size() + 3) * sizeof(Elf64_Dyn);
    const std::uint64_t strings_at = headers + dynamic_size;
    add(DT_STRTAB, base + strings_at);
    add(DT_STRSZ, strings.size());
    add(DT_NULL, 0);

    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_DYN;
    header.e_machine = parts.machine;
    header.e_version = EV_CURRENT;
    header.e_phoff = sizeof header;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = has_interpreter ? 3 : 2;
    std::string file;
    append(file, header);
    const auto segment = [&](Elf64_Word type, std::uint64_t offset, std::uint64_t size) {
        append(file, Elf64_Phdr{.p_type = type,
                                .p_flags = PF_R,
                                .p_offset = offset,
                                .p_vaddr = base + offset,
                                .p_paddr = 0,
                                .p_filesz = size,
                                .p_memsz = size,
                                .p_align = 8});
    };
    segment(PT_LOAD, 0, strings_at + strings.size());
    segment(PT_DYNAMIC, headers, dynamic_size);
    if (has_interpreter) {
        segment(PT_INTERP, strings_at + interpreter, parts.interpreter.size() + 1);
    }
    for (const Elf64_Dyn& entry : entries) {
        append(file, entry);
    }
    return file + strings;
}

class Libraries : public ::testing::Test {
protected:
    std::string write(const std::string& name, const Parts& parts) {
        return dir.write(name, elf_of(parts), 0755);
    }
    testing::TempDir dir;
};

TEST_F(Libraries, OfAProgramOfThisMachineAreFound) {
    const auto found = libraries_of("/bin/ls", LibrarySearch::of_machine(""));
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_THAT(*found, Contains(EndsWith("/libc.so.6")));
    EXPECT_THAT(*found, Contains(HasSubstr("/ld-linux")));
}

TEST_F(Libraries, AreFollowedToTheEnd) {
    const std::string program = write("program", {.needed = {"liba.so"}, .runpath = "$ORIGIN/lib"});
    const std::string a = write("lib/liba.so", {.needed = {"libb.so"}, .runpath = "${ORIGIN}"});
    const std::string b = write("lib/libb.so", {.needed = {"liba.so"}});
    EXPECT_THAT(*libraries_of(program, {}), ElementsAre(a, b));
}

TEST_F(Libraries, AreLookedForWhereTheLoaderLooksInItsOrder) {
    const std::string program =
        write("program", {.needed = {"liba.so", "libb.so", "libc.so"}, .runpath = dir / "one"});
    const LibrarySearch search{.ld_library_path = {dir / "two"}, .configured = {dir / "three"}};
    for (const char* directory : {"one", "two", "three"}) {
        write(std::string(directory) + "/libc.so", {});
    }
    const std::string c = dir / "one/libc.so";
    const std::string b = write("two/libb.so", {});
    write("three/libb.so", {});
    const std::string a = write("three/liba.so", {});
    EXPECT_THAT(*libraries_of(program, search), ::testing::UnorderedElementsAre(a, b, c));
}

TEST_F(Libraries, InheritAnRpathButNotARunpath) {
    const std::string b = write("lib/libb.so", {});
    const std::string a = write("lib/liba.so", {.needed = {"libb.so"}});
    EXPECT_THAT(*libraries_of(write("p", {.needed = {"liba.so"}, .rpath = "$ORIGIN/lib"}), {}),
                ElementsAre(a, b));
    EXPECT_FALSE(libraries_of(write("q", {.needed = {"liba.so"}, .runpath = "$ORIGIN/lib"}), {}));
}

TEST_F(Libraries, OfAnotherMachineAreSkipped) {
    const std::string program =
        write("p", {.needed = {"liba.so"}, .runpath = dir / "arm" + ":" + (dir / "x86")});
    write("arm/liba.so", {.machine = EM_AARCH64});
    const std::string right = write("x86/liba.so", {});
    EXPECT_THAT(*libraries_of(program, {}), ElementsAre(right));
}

TEST_F(Libraries, ThatAreMissingAreNamedWithWhoNeedsThem) {
    const std::string program = write("p", {.needed = {"liba.so"}, .runpath = "$ORIGIN"});
    const std::string a = write("liba.so", {.needed = {"libmissing.so.7"}});
    const auto found = libraries_of(program, {});
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message(),
                HasSubstr("library \"libmissing.so.7\", needed by \"" + a + "\", was not found"));
}

TEST_F(Libraries, OfAMuslProgramComeFromItsPathFile) {
    const std::string loader = write("lib/ld-musl-x86_64.so.1", {});
    const std::string a = write("musl/liba.so", {});
    dir.write("etc/ld-musl-x86_64.path", (dir / "nothing") + "\n" + (dir / "musl") + "\n");
    const std::string program = write("p", {.interpreter = loader, .needed = {"liba.so"}});
    EXPECT_THAT(*libraries_of(program, {.musl_directory = dir / "etc"}), ElementsAre(loader, a));
}

TEST_F(Libraries, OfAStaticProgramAreNone) {
    EXPECT_THAT(*libraries_of(write("p", {}), {}), IsEmpty());
}

TEST_F(Libraries, NeedAnElfFile) {
    const auto found = libraries_of(dir.write("script", "#!/bin/sh\n"), {});
    EXPECT_THAT(found.error().message(), HasSubstr("script\": not an ELF file"));
}

TEST_F(Libraries, ReadTheConfigurationWithItsIncludes) {
    dir.write("conf.d/a.conf", "/from/a # comment\n");
    dir.write("conf.d/b.conf", "/from/b\n");
    const std::string file =
        dir.write("ld.so.conf", "# comment\n/first\ninclude conf.d/*.conf\nhwcap 1 x\n/last\n");
    EXPECT_THAT(LibrarySearch::of_machine("/p:/q", file).configured,
                ElementsAre("/first", "/from/a", "/from/b", "/last"));
    EXPECT_THAT(LibrarySearch::of_machine("/p::/q", file).ld_library_path, ElementsAre("/p", "/q"));
}

TEST_F(Libraries, SurviveADamagedFile) {
    const std::string whole =
        elf_of({.interpreter = "/lib/ld.so", .needed = {"liba.so"}, .runpath = "/x"});
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        const std::string path = dir.write("damaged", whole.substr(0, size));
        (void)read_elf(*sys::open(path, O_RDONLY));
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string bent = whole;
        bent[at] = static_cast<char>(~bent[at]);
        (void)read_elf(*sys::open(dir.write("damaged", bent), O_RDONLY));
    }
}

class RememberedLibraries : public Libraries {
protected:
    /// By the change times: those of content may be any.
    void settle() const {
        store::FileIdentity now = store::identity_of(*sys::fstatat(AT_FDCWD, settling));
        now.mtime = now.ctime;
        while (!store::is_settled(now, sys::file_clock())) {
        }
    }
    std::vector<std::string> look() {
        auto found = remembered_libraries_of(*store, program, search);
        EXPECT_TRUE(found) << found.error().message();
        return found ? std::move(*found) : std::vector<std::string>{};
    }
    /// All that the store's index says, after the store was closed.
    std::string written() {
        store.reset();
        std::string text;
        for (const char* file : {"store/index.sqlite", "store/index.sqlite-wal"}) {
            text += sys::read_file(dir / file, {1 << 20}).value_or("");
        }
        store = std::move(*store::Store::open({.directory = dir / "store"}));
        return text;
    }
    /// As the last one written, it tells when all are settled.
    std::string write_settled(const std::string& name, const Parts& parts) {
        std::string path = write(name, parts);
        settling = path;
        settle();
        return path;
    }

    std::unique_ptr<store::Store> store =
        std::move(*store::Store::open({.directory = dir / "store"}));
    std::string program = write("bin/p", {.needed = {"liba.so"}, .runpath = "$ORIGIN/../lib"});
    const LibrarySearch search{.configured = {dir / "machine"}};
    std::string settling;
};

TEST_F(RememberedLibraries, AreWrittenDownOnceAnyChangeWouldShow) {
    const std::string a = write_settled("machine/liba.so", {});
    const timespec future[2] = {{0, UTIME_OMIT}, {.tv_sec = 4'000'000'000, .tv_nsec = 1}};
    ASSERT_EQ(::utimensat(AT_FDCWD, a.c_str(), future, 0), 0);
    settle();
    EXPECT_THAT(look(), ElementsAre(a));
    EXPECT_THAT(written(), Not(HasSubstr(a))) << "it has a time that is yet to come";
    write_settled("machine/liba.so", {});
    EXPECT_THAT(look(), ElementsAre(a));
    EXPECT_THAT(written(), HasSubstr(a));
    EXPECT_THAT(look(), ElementsAre(a));
}

TEST_F(RememberedLibraries, GiveWayToANewOneThatComesFirst) {
    const std::string old = write_settled("machine/liba.so", {});
    EXPECT_THAT(look(), ElementsAre(old));
    const std::string made = write("lib/liba.so", {});
    EXPECT_THAT(look(), ElementsAre(dir / "bin/../lib/liba.so"));
    ASSERT_EQ(::unlink(made.c_str()), 0);
    EXPECT_THAT(look(), ElementsAre(old));
}

TEST_F(RememberedLibraries, GiveWayToOneThatBecomesOfTheRightMachine) {
    write("lib/liba.so", {.machine = EM_AARCH64});
    const std::string old = write_settled("machine/liba.so", {});
    EXPECT_THAT(look(), ElementsAre(old));
    write("lib/liba.so", {});
    EXPECT_THAT(look(), ElementsAre(dir / "bin/../lib/liba.so"));
}

TEST_F(RememberedLibraries, AreThoseOfTheProgramAsItIs) {
    const std::string a = write("machine/liba.so", {});
    const std::string b = write_settled("machine/libb.so", {});
    EXPECT_THAT(look(), ElementsAre(a));
    write("bin/p", {.needed = {"libb.so"}, .runpath = "$ORIGIN/../lib"});
    EXPECT_THAT(look(), ElementsAre(b));
}

TEST_F(RememberedLibraries, FollowThePathFileOfMusl) {
    const std::string loader = write("lib/ld-musl-x86_64.so.1", {});
    const std::string a = write("one/liba.so", {});
    const std::string later = write("two/liba.so", {});
    const std::string file = dir.write("etc/ld-musl-x86_64.path", dir / "one");
    const LibrarySearch musl{.musl_directory = dir / "etc"};
    program = write_settled("p", {.interpreter = loader, .needed = {"liba.so"}});
    EXPECT_THAT(*remembered_libraries_of(*store, program, musl), ElementsAre(loader, a));
    dir.write("etc/ld-musl-x86_64.path", dir / "two");
    EXPECT_THAT(*remembered_libraries_of(*store, program, musl), ElementsAre(loader, later));
}

}  // namespace
}  // namespace maelstrom::layer
