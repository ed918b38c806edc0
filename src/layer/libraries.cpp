#include "layer/libraries.hpp"

#include "layer/elf.hpp"
#include "sys/file.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <elf.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>

namespace maelstrom::layer {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

constexpr util::Bytes configuration_limit{1 << 20};
constexpr int deepest_include = 16;

struct Machine {
    std::uint16_t number;
    std::string_view platform;  ///< `$PLATFORM`, and the name in musl's files
    std::string_view triplet;   ///< Debian's directory below lib
};
constexpr std::array machines{
    Machine{EM_X86_64, "x86_64", "x86_64-linux-gnu"},
    Machine{EM_AARCH64, "aarch64", "aarch64-linux-gnu"},
    Machine{EM_386, "i386", "i386-linux-gnu"},
    Machine{EM_ARM, "armhf", "arm-linux-gnueabihf"},
    Machine{EM_RISCV, "riscv64", "riscv64-linux-gnu"},
    Machine{EM_PPC64, "powerpc64le", "powerpc64le-linux-gnu"},
    Machine{EM_S390, "s390x", "s390x-linux-gnu"},
};

const Machine* machine_of(const Elf& elf) {
    const auto found = std::ranges::find(machines, elf.machine, &Machine::number);
    return found == machines.end() ? nullptr : &*found;
}

std::vector<std::string> pieces(std::string_view text, std::string_view separators) {
    std::vector<std::string> result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        if (end > 0) {
            result.emplace_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

/// The directories of an RPATH or RUNPATH (ld.so(8), "Dynamic string tokens").
std::vector<std::string>
expanded(const std::string& path, const std::string& file, const Machine* machine) {
    std::vector<std::string> result;
    for (std::string directory : pieces(path, ":")) {
        for (const auto& [long_form, short_form, value] :
             {std::tuple{"${ORIGIN}", "$ORIGIN", util::parent_path(file)},
              std::tuple{"${PLATFORM}", "$PLATFORM",
                         std::string(machine != nullptr ? machine->platform : "")}}) {
            replace_all(directory, long_form, value);
            replace_all(directory, short_form, value);
        }
        replace_all(directory, "${LIB}", "$LIB");
        if (directory.find("$LIB") == std::string::npos) {
            result.push_back(std::move(directory));
            continue;
        }
        // Distributions differ in what it stands for.
        std::vector<std::string> names{"lib64", "lib"};
        if (machine != nullptr) {
            names.push_back("lib/" + std::string(machine->triplet));
        }
        for (const std::string& name : names) {
            std::string variant = directory;
            replace_all(variant, "$LIB", name);
            result.push_back(std::move(variant));
        }
    }
    return result;
}

void read_configuration(const std::string& file, int depth, std::vector<std::string>& into) {
    const auto text = sys::read_file(file, configuration_limit);
    if (!text || depth > deepest_include) {
        return;  // as the loader's own tool does
    }
    for (std::string_view line : util::split_lines(*text)) {
        const std::vector<std::string_view> words =
            util::split_words(line.substr(0, line.find('#')));
        if (words.empty() || words[0] == "hwcap") {
            continue;
        }
        if (words[0] != "include") {
            into.emplace_back(words[0]);
            continue;
        }
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::string pattern = util::join_paths(util::parent_path(file), words[i]);
            ::glob_t found{};
            if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
                for (std::size_t k = 0; k < found.gl_pathc; ++k) {
                    read_configuration(found.gl_pathv[k], depth + 1, into);
                }
            }
            ::globfree(&found);
        }
    }
}

bool is_musl(const Elf& program) {
    return program.interpreter && program.interpreter->find("/ld-musl-") != std::string::npos;
}

/// Opens files, and notes what there was to open.
class Looks {
public:
    Result<sys::Fd> open(const std::string& path) {
        auto file = sys::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (!file && file.error().os_error() == ENOENT) {
            all_.emplace(path, std::nullopt);
            return file;
        }
        const auto status = file ? sys::fstat(*file) : sys::fstatat(AT_FDCWD, path);
        all_.emplace(path, status ? std::optional(store::identity_of(*status)) : std::nullopt);
        return file;
    }
    bool is_there(const std::string& path) {
        (void)open(path);
        return all_.at(path).has_value();
    }
    auto take() { return std::move(all_); }

private:
    decltype(Libraries::looked_at) all_;
};

/// Follows what is needed from one program on.
class Closure {
public:
    Closure(const LibrarySearch& search, const Elf& program, Looks& looks)
        : search_(search), program_(program), looks_(looks), machine_(machine_of(program)) {
        if (is_musl(program)) {
            const std::string& interpreter = *program.interpreter;
            const std::string name = interpreter.substr(interpreter.rfind('/') + 1);
            const auto file = looks_.open(search.musl_directory + "/" +
                                          name.substr(0, name.find(".so")) + ".path");
            const auto text =
                file ? sys::read_all(*file, configuration_limit) : Result<std::string>{};
            standard_ = pieces(file && text ? *text : "/lib:/usr/local/lib:/usr/lib", ":\n");
        } else {
            standard_ = search.configured;
            if (machine_ != nullptr) {
                standard_.push_back("/lib/" + std::string(machine_->triplet));
                standard_.push_back("/usr/lib/" + std::string(machine_->triplet));
            }
            const bool is_64 = program.file_class == ELFCLASS64;
            for (const char* directory : {"/lib64", "/usr/lib64", "/lib", "/usr/lib"}) {
                if (is_64 || !std::string_view(directory).ends_with("64")) {
                    standard_.emplace_back(directory);
                }
            }
        }
    }

    Result<std::vector<std::string>> run(const std::string& path) {
        TRY(follow(path, program_, {}));
        while (!waiting_.empty()) {
            const Waiting next = std::move(waiting_.front());
            waiting_.pop_front();
            TRY(follow(next.path, next.elf, next.rpaths));
        }
        return std::vector(found_.begin(), found_.end());
    }

private:
    struct Waiting {
        std::string path;
        Elf elf;
        std::vector<std::string> rpaths;  ///< of all that led here, nearest first
    };

    Result<void>
    follow(const std::string& path, const Elf& elf, const std::vector<std::string>& inherited) {
        if (elf.interpreter) {
            TRY(add_interpreter(path, *elf.interpreter));
        }
        std::vector<std::string> rpaths = expanded(elf.rpath, path, machine_);
        rpaths.insert(rpaths.end(), inherited.begin(), inherited.end());
        for (const std::string& name : elf.needed) {
            if (!known_.contains(name)) {
                known_.insert(name);
                TRY(find(name, path, elf, rpaths));
            }
        }
        return {};
    }

    Result<void> add_interpreter(const std::string& path, const std::string& interpreter) {
        if (!looks_.is_there(interpreter)) {
            return fail(ErrorKind::not_found, "interpreter {}, needed by {}, does not exist",
                        util::quoted(interpreter), util::quoted(path));
        }
        found_.insert(interpreter);
        // Libraries may name it as needed, by its bare name.
        known_.insert(interpreter.substr(interpreter.rfind('/') + 1));
        return {};
    }

    Result<void> find(const std::string& name,
                      const std::string& needed_by,
                      const Elf& elf,
                      const std::vector<std::string>& rpaths) {
        if (name.find('/') != std::string::npos) {
            if (take(util::join_paths(util::parent_path(needed_by), name), rpaths)) {
                return {};
            }
            return missing(name, needed_by);
        }
        std::vector<std::string> directories =
            elf.runpath.empty() ? rpaths : std::vector<std::string>{};
        const std::vector<std::string> own = expanded(elf.runpath, needed_by, machine_);
        directories.insert(directories.end(), own.begin(), own.end());
        directories.insert(directories.end(), search_.ld_library_path.begin(),
                           search_.ld_library_path.end());
        directories.insert(directories.end(), standard_.begin(), standard_.end());
        for (const std::string& directory : directories) {
            if (take(util::join_paths(directory, name), rpaths)) {
                return {};
            }
        }
        return missing(name, needed_by);
    }

    /// Whether there is a library of the right kind.
    bool take(const std::string& path, const std::vector<std::string>& rpaths) {
        const auto file = looks_.open(path);
        const auto elf = file ? read_elf(*file) : Result<Elf>(std::unexpected(file.error()));
        if (!elf || elf->file_class != program_.file_class || elf->machine != program_.machine) {
            return false;
        }
        if (found_.insert(path).second) {
            waiting_.push_back({path, *elf, rpaths});
        }
        return true;
    }

    static std::unexpected<util::Error> missing(const std::string& name,
                                                const std::string& needed_by) {
        return fail(ErrorKind::not_found,
                    "library {}, needed by {}, was not found (looked at RPATH and RUNPATH, "
                    "LD_LIBRARY_PATH, the "
                    "loader's configuration and the standard directories)",
                    util::quoted(name), util::quoted(needed_by));
    }

    const LibrarySearch& search_;
    const Elf& program_;
    Looks& looks_;
    const Machine* machine_;
    std::vector<std::string> standard_;
    std::set<std::string> found_;
    std::set<std::string> known_;  ///< names that are settled: the loader loads each once
    std::deque<Waiting> waiting_;
};

}  // namespace

LibrarySearch LibrarySearch::of_machine(const std::string& ld_library_path,
                                        const std::string& configuration) {
    LibrarySearch search{.ld_library_path = pieces(ld_library_path, ":;")};
    read_configuration(configuration, 0, search.configured);
    return search;
}

Result<Libraries> look_for_libraries(const std::string& program, const LibrarySearch& search) {
    Looks looks;
    const sys::Fd file = TRY(looks.open(program));
    const Elf elf = TRY(read_elf(file), "{}", util::quoted(program));
    std::vector<std::string> found = TRY(Closure(search, elf, looks).run(program));
    return Libraries{.found = std::move(found), .looked_at = looks.take()};
}

Result<std::vector<std::string>> libraries_of(const std::string& program,
                                              const LibrarySearch& search) {
    Libraries libraries = TRY(look_for_libraries(program, search));
    return std::move(libraries.found);
}

}  // namespace maelstrom::layer
