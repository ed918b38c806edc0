#include "layer/elf.hpp"

#include "util/text.hpp"

#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace maelstrom::layer {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

constexpr std::size_t longest_interpreter = 4096;
constexpr std::size_t largest_table = 64 << 20;
constexpr std::size_t most_needed = 10'000;

using Handle = std::unique_ptr<::Elf, int (*)(::Elf*)>;

/// What the dynamic section says of libraries; names are places in its table.
struct Dynamic {
    std::vector<std::uint64_t> needed;
    std::optional<std::uint64_t> rpath;
    std::optional<std::uint64_t> runpath;
    std::uint64_t table = 0;  ///< its address
    std::uint64_t table_size = 0;
};

Dynamic entries_of(Elf_Data* data) {
    Dynamic dynamic;
    GElf_Dyn entry{};
    for (int i = 0; gelf_getdyn(data, i, &entry) != nullptr && entry.d_tag != DT_NULL; ++i) {
        switch (entry.d_tag) {
        case DT_NEEDED:
            dynamic.needed.push_back(entry.d_un.d_val);
            break;
        case DT_RPATH:
            dynamic.rpath = entry.d_un.d_val;
            break;
        case DT_RUNPATH:
            dynamic.runpath = entry.d_un.d_val;
            break;
        case DT_STRTAB:
            dynamic.table = entry.d_un.d_ptr;
            break;
        case DT_STRSZ:
            dynamic.table_size = entry.d_un.d_val;
            break;
        default:
            break;
        }
    }
    return dynamic;
}

/// The dynamic section, with addresses turned into places in the file. Sections are not looked at:
/// a stripped program may have none.
class Reader {
public:
    explicit Reader(::Elf* handle) : handle_(handle) {}

    Result<Elf> run() {
        GElf_Ehdr header{};
        if (gelf_getehdr(handle_, &header) == nullptr) {
            return damaged("its header");
        }
        result_.file_class = header.e_ident[EI_CLASS];
        result_.machine = header.e_machine;
        if (elf_getphdrnum(handle_, &segments_) != 0) {
            return damaged("its segments");
        }
        for (std::size_t i = 0; i < segments_; ++i) {
            GElf_Phdr segment{};
            if (gelf_getphdr(handle_, static_cast<int>(i), &segment) == nullptr) {
                return damaged("its segments");
            }
            if (segment.p_type == PT_INTERP) {
                TRY(read_interpreter(segment));
            } else if (segment.p_type == PT_DYNAMIC) {
                TRY(read_dynamic(segment));
            }
        }
        return std::move(result_);
    }

private:
    static std::unexpected<util::Error> damaged(std::string_view part) {
        return fail(ErrorKind::invalid, "damaged ELF file: {} cannot be read", part);
    }

    Elf_Data* chunk(std::uint64_t offset, std::uint64_t size, Elf_Type type) {
        if (offset > INT64_MAX || size > largest_table || size == 0) {
            return nullptr;
        }
        return elf_getdata_rawchunk(handle_, static_cast<std::int64_t>(offset), size, type);
    }

    Result<void> read_interpreter(const GElf_Phdr& segment) {
        const Elf_Data* data = segment.p_filesz <= longest_interpreter
                                   ? chunk(segment.p_offset, segment.p_filesz, ELF_T_BYTE)
                                   : nullptr;
        if (data == nullptr) {
            return damaged("the name of its interpreter");
        }
        const auto* text = static_cast<const char*>(data->d_buf);
        result_.interpreter = std::string(text, strnlen(text, data->d_size));
        return {};
    }

    Result<void> read_dynamic(const GElf_Phdr& segment) {
        Elf_Data* data = chunk(segment.p_offset, segment.p_filesz, ELF_T_DYN);
        if (data == nullptr) {
            return damaged("its dynamic section");
        }
        const Dynamic dynamic = entries_of(data);
        if (dynamic.needed.size() > most_needed) {
            return damaged("its list of needed libraries");
        }
        if (dynamic.needed.empty() && !dynamic.rpath && !dynamic.runpath) {
            return {};
        }
        return read_strings(dynamic, TRY(table_at(dynamic.table, dynamic.table_size)));
    }

    Result<std::string_view> table_at(std::uint64_t address, std::uint64_t size) {
        for (std::size_t i = 0; i < segments_; ++i) {
            GElf_Phdr segment{};
            if (gelf_getphdr(handle_, static_cast<int>(i), &segment) != nullptr &&
                segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
                address - segment.p_vaddr < segment.p_filesz) {
                const Elf_Data* data =
                    chunk(segment.p_offset + (address - segment.p_vaddr), size, ELF_T_BYTE);
                if (data != nullptr) {
                    return std::string_view(static_cast<const char*>(data->d_buf), data->d_size);
                }
            }
        }
        return damaged("its table of names");
    }

    Result<void> read_strings(const Dynamic& dynamic, std::string_view table) {
        const auto name_at = [&](std::uint64_t offset) -> Result<std::string> {
            if (offset >= table.size()) {
                return damaged("a name");
            }
            const std::string_view rest = table.substr(offset);
            return std::string(rest.substr(0, rest.find('\0')));
        };
        for (const std::uint64_t offset : dynamic.needed) {
            result_.needed.push_back(TRY(name_at(offset)));
        }
        if (dynamic.runpath) {
            result_.runpath = TRY(name_at(*dynamic.runpath));
        } else if (dynamic.rpath) {
            result_.rpath = TRY(name_at(*dynamic.rpath));
        }
        return {};
    }

    ::Elf* handle_;
    std::size_t segments_ = 0;
    Elf result_;
};

}  // namespace

Result<Elf> read_elf(const sys::Fd& file) {
    elf_version(EV_CURRENT);
    // Not mapped: a file that shrinks meanwhile would kill us by SIGBUS.
    const Handle handle(elf_begin(file.get(), ELF_C_READ, nullptr), elf_end);
    if (!handle || elf_kind(handle.get()) != ELF_K_ELF) {
        return fail(ErrorKind::invalid, "not an ELF file");
    }
    return Reader(handle.get()).run();
}

}  // namespace maelstrom::layer
