#include "layer/item.hpp"

#include "util/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace maelstrom::layer {

namespace {

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
        return util::fail(util::ErrorKind::invalid,
                          "{} is {}: a layer holds files, directories and links",
                          util::quoted(item.source), kind_of(status.st_mode));
    }
    return item;
}

Result<Item> look_at(std::string path, std::string source, bool follows_links) {
    struct stat status{};
    if (::fstatat(AT_FDCWD, source.c_str(), &status, follows_links ? 0 : AT_SYMLINK_NOFOLLOW) !=
        0) {
        return util::fail_errno("{}", util::quoted(source));
    }
    return item_from(std::move(path), std::move(source), status);
}

store::FileTime newest_of(const std::vector<Item>& items, const store::FileTime& otherwise) {
    store::FileTime newest;
    for (const Item& item : items) {
        newest = std::max(newest, item.attributes.mtime);
    }
    return items.empty() ? otherwise : newest;
}

}  // namespace maelstrom::layer
