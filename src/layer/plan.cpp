#include "layer/plan.hpp"

#include "layer/tree_maker.hpp"
#include "layer/walk.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>

namespace maelstrom::layer {

using util::ErrorKind;
using util::fail;
using util::fail_errno;

namespace {

/// Part of every fingerprint: raise it when the same inputs come to mean another layer.
constexpr std::string_view plan_version = "plan 1";

template <class Number>
void append(std::string& to, Number number) {
    to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append(std::string& to, const store::FileTime& time) {
    append(to, time.seconds);
    append(to, time.nanoseconds);
}

std::string_view kind_of(mode_t mode) {
    return S_ISSOCK(mode)   ? "a socket"
           : S_ISFIFO(mode) ? "a named pipe"
           : S_ISCHR(mode)  ? "a character device"
           : S_ISBLK(mode)  ? "a block device"
                            : "something unknown";
}

}  // namespace

Result<Item> item_from(std::string path, std::string source, const struct stat& status) {
    Item item{.path = std::move(path),
              .source = std::move(source),
              .attributes = store::attributes_of(status),
              .identity = store::identity_of(status)};
    if (S_ISREG(status.st_mode)) {
        item.kind = Item::Kind::file;
    } else if (S_ISDIR(status.st_mode)) {
        item.kind = Item::Kind::directory;
    } else if (S_ISLNK(status.st_mode)) {
        item.kind = Item::Kind::link;
    } else {
        return fail(ErrorKind::invalid, "{} is {}: a layer holds files, directories and links",
                    util::quoted(item.source), kind_of(status.st_mode));
    }
    return item;
}

Result<Item> look_at(std::string path, std::string source, bool follows_links) {
    struct stat status{};
    if (::fstatat(AT_FDCWD, source.c_str(), &status, follows_links ? 0 : AT_SYMLINK_NOFOLLOW) !=
        0) {
        return fail_errno("{}", util::quoted(source));
    }
    return item_from(std::move(path), std::move(source), status);
}

std::optional<Digest> fingerprint(const Plan& plan, const timespec& scan_began) {
    std::string bytes(plan_version);
    bytes.reserve(plan.items.size() * 160);
    for (const Item& item : plan.items) {
        const bool is_plain = plan.ignores_directory_identity && item.kind == Item::Kind::directory;
        if (!is_plain && !store::is_settled(item.identity, scan_began)) {
            return std::nullopt;
        }
        append(bytes, item.path.size());
        bytes += item.path;
        append(bytes, item.kind);
        append(bytes, item.attributes.mode);
        append(bytes, item.attributes.mtime);
        if (!is_plain) {
            append(bytes, item.identity.device);
            append(bytes, item.identity.inode);
            append(bytes, item.identity.size);
            append(bytes, item.identity.ctime);
        }
    }
    return store::digest_of(bytes);
}

namespace {

/// What went wrong with one file, unless the plan lets it be lost.
Result<bool> is_lost(const Plan& plan, const util::Error& error) {
    if (plan.tolerates_loss && (error.os_error() == ENOENT || error.os_error() == EACCES)) {
        util::log::warning("left out of the snapshot: {}", error.message());
        return true;
    }
    return std::unexpected(error);
}

Result<void>
add_item(TreeMaker& maker, const Plan& plan, const Item& item, Result<Digest>* digest) {
    switch (item.kind) {
    case Item::Kind::directory:
        return maker.add_directory(item.path, item.attributes);
    case Item::Kind::link: {
        auto target = sys::readlinkat(AT_FDCWD, item.source);
        if (!target) {
            (void)TRY(is_lost(plan, target.error()));
            return {};
        }
        if (!util::is_utf8(*target)) {
            return fail(ErrorKind::invalid, "the target of link {} is not UTF-8: {}",
                        util::quoted(item.source), util::quoted(*target));
        }
        return maker.add(item.path, Node{Link{std::move(*target)}});
    }
    case Item::Kind::file:
        if (!*digest) {
            (void)TRY(is_lost(plan, digest->error()));
            return {};
        }
        return maker.add(item.path, Node{File{.digest = **digest, .attributes = item.attributes}});
    }
    return {};
}

}  // namespace

Result<Digest> carry_out(store::Store& store, const Plan& plan) {
    std::vector<store::Source> sources;
    for (const Item& item : plan.items) {
        if (item.kind == Item::Kind::file) {
            sources.push_back({item.source, item.attributes, item.identity});
        }
    }
    std::vector<Result<Digest>> digests = store.put_files(sources);
    TreeMaker maker(TreeMaker::Repeat::refuse);
    auto digest = digests.begin();
    for (const Item& item : plan.items) {
        const bool is_file = item.kind == Item::Kind::file;
        TRY(add_item(maker, plan, item, is_file ? &*digest : nullptr));
        digest += is_file ? 1 : 0;
    }
    return put(store, maker.take());
}

Result<Item> Prefixes::item(const std::string& written) {
    std::string source = written.starts_with('/') ? written : join(project_directory_, written);
    std::string path = written;
    if (options_.canonicalize) {
        const std::unique_ptr<char, decltype(&::free)> real(::realpath(source.c_str(), nullptr),
                                                            ::free);
        if (!real) {
            return fail_errno("{}", util::quoted(source));
        }
        source = real.get();
        path = source;
    }
    path = TRY(container_path(path));
    // A canonical path is no link, so its own data are those of the resolved file.
    return look(std::move(path), std::move(source));
}

/// Neighbours are looked at from their directory: that is half the work of a path from the root.
Result<Item> Prefixes::look(std::string path, std::string source) {
    const std::size_t slash = source.rfind('/');
    const std::string_view directory = std::string_view(source).substr(0, slash);
    if (directory != last_directory_ || source.ends_with('/')) {
        last_directory_ = directory;
        directory_.close();
        return look_at(std::move(path), std::move(source), options_.follow_symlinks);
    }
    if (!directory_) {
        directory_ = TRY(sys::open(last_directory_ + "/", O_PATH | O_DIRECTORY));
    }
    struct stat status{};
    const int flags = options_.follow_symlinks ? 0 : AT_SYMLINK_NOFOLLOW;
    if (::fstatat(directory_.get(), source.c_str() + slash + 1, &status, flags) != 0) {
        return fail_errno("{}", util::quoted(source));
    }
    return item_from(std::move(path), std::move(source), status);
}

Result<std::string> Prefixes::container_path(const std::string& path) {
    has_seen_any_ = true;
    if (!options_.strip_prefix && !options_.prepend_prefix) {
        return path;  // whose components the tree checks
    }
    const bool is_absolute = path.starts_with('/');
    std::vector<std::string> components;
    for (const std::string_view component : util::split(path, '/')) {
        if (!component.empty() && component != ".") {
            components.emplace_back(component);
        }
    }
    if (options_.strip_prefix && options_.strip_prefix->starts_with('/') == is_absolute) {
        std::vector<std::string> prefix;
        for (const std::string_view component : util::split(*options_.strip_prefix, '/')) {
            if (!component.empty() && component != ".") {
                prefix.emplace_back(component);
            }
        }
        if (components.size() >= prefix.size() &&
            std::equal(prefix.begin(), prefix.end(), components.begin())) {
            components.erase(components.begin(),
                             components.begin() + static_cast<std::ptrdiff_t>(prefix.size()));
            has_stripped_ = true;
        }
    }
    std::string result = options_.prepend_prefix.value_or("");
    for (const std::string& component : components) {
        result.append("/").append(component);
    }
    return result;
}

void Prefixes::finish() const {
    if (options_.strip_prefix && has_seen_any_ && !has_stripped_) {
        util::log::warning("strip_prefix {} is not a prefix of any path in its layer",
                           util::quoted(*options_.strip_prefix));
    }
}

}  // namespace maelstrom::layer
