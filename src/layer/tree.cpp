#include "layer/tree.hpp"

#include "layer/whiteout.hpp"
#include "store/sha256.hpp"
#include "util/text.hpp"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "remote_execution.pb.h"

namespace maelstrom::layer {

namespace {

namespace api = build::bazel::remote::execution::v2;
using util::ErrorKind;
using util::fail;

// Stored; never change.
constexpr std::string_view implied_property = "maelstrom.implied";
constexpr std::string_view separate_property = "maelstrom.separate";

/// A `Tree` names equal directories once, so a short message could unfold without end.
constexpr std::uint64_t most_nodes = 10'000'000;

void set(api::Digest& to, const Digest& digest) {
    to.set_hash(digest.hex());
    to.set_size_bytes(static_cast<std::int64_t>(digest.size));
}

void set(api::NodeProperties& to, const FileAttributes& attributes) {
    to.mutable_unix_mode()->set_value(attributes.mode);
    to.mutable_mtime()->set_seconds(attributes.mtime.seconds);
    to.mutable_mtime()->set_nanos(static_cast<std::int32_t>(attributes.mtime.nanoseconds));
}

void set(api::NodeProperties& to, std::string_view property) {
    api::NodeProperty& made = *to.add_properties();
    made.set_name(std::string(property));
    made.set_value("true");
}

bool is_set(const api::NodeProperties& properties, std::string_view property) {
    return std::ranges::any_of(properties.properties(), [&](const api::NodeProperty& one) {
        return one.name() == property;
    });
}

/// Writes directories top-down, each different one once.
class Encoder {
public:
    std::string run(const Directory& root) {
        *tree_.mutable_root() = convert(root);
        // Children were found bottom-up.
        std::ranges::reverse(order_);
        for (api::Directory* directory : order_) {
            tree_.mutable_children()->AddAllocated(directory);
        }
        return tree_.SerializeAsString();
    }

private:
    api::Directory convert(const Directory& directory) {
        api::Directory made;
        api::NodeProperties& properties = *made.mutable_node_properties();
        if (directory.is_implied) {
            set(properties, implied_property);
        }
        set(properties, directory.attributes);
        if (directory.is_opaque) {
            set(*add_file(made, std::string(opaque_name)).mutable_digest(), store::digest_of(""));
        }
        for (const auto& [name, node] : directory.children) {
            add(made, name, node);
        }
        // Whiteouts' names begin with a dot and may fall out of order.
        std::ranges::sort(*made.mutable_files(), {}, &api::FileNode::name);
        return made;
    }

    void add(api::Directory& to, const std::string& name, const Node& node) {
        if (const File* file = node.file()) {
            api::FileNode& made = add_file(to, name);
            set(*made.mutable_digest(), file->digest);
            made.set_is_executable((file->attributes.mode & 0100U) != 0);
            if (file->is_separate) {
                set(*made.mutable_node_properties(), separate_property);
            }
            set(*made.mutable_node_properties(), file->attributes);
        } else if (const Link* link = node.link()) {
            api::SymlinkNode& made = *to.add_symlinks();
            made.set_name(name);
            made.set_target(link->target);
        } else if (const Directory* directory = node.directory()) {
            api::DirectoryNode& made = *to.add_directories();
            made.set_name(name);
            set(*made.mutable_digest(), add_child(convert(*directory)));
        } else {
            set(*add_file(to, std::string(whiteout_prefix) + name).mutable_digest(),
                store::digest_of(""));
        }
    }

    static api::FileNode& add_file(api::Directory& to, const std::string& name) {
        api::FileNode& made = *to.add_files();
        made.set_name(name);
        return made;
    }

    Digest add_child(api::Directory directory) {
        const Digest digest = store::digest_of(directory.SerializeAsString());
        if (seen_.insert(digest).second) {
            order_.push_back(new api::Directory(std::move(directory)));  // the tree takes it
        }
        return digest;
    }

    api::Tree tree_;
    std::set<Digest> seen_;
    std::vector<api::Directory*> order_;
};

Result<Digest> digest_from(const api::Digest& digest) {
    if (digest.size_bytes() < 0) {
        return fail(ErrorKind::invalid, "found a blob of {} bytes", digest.size_bytes());
    }
    return Digest::from_hex(digest.hash(), static_cast<std::uint64_t>(digest.size_bytes()));
}

FileAttributes attributes_from(const api::NodeProperties& properties, std::uint32_t otherwise) {
    FileAttributes attributes{.mode = otherwise, .mtime = {}};
    if (properties.has_unix_mode()) {
        attributes.mode = properties.unix_mode().value() & 07777U;
    }
    attributes.mtime.seconds = properties.mtime().seconds();
    const std::int32_t nanoseconds = properties.mtime().nanos();
    attributes.mtime.nanoseconds =
        static_cast<std::uint32_t>(std::clamp(nanoseconds, 0, 999'999'999));
    return attributes;
}

/// Unfolds a message, checking every name.
class Decoder {
public:
    Result<Directory> run(std::string_view bytes) {
        const google::protobuf::LogSilencer silence;  // we say ourselves what is wrong
        if (bytes.size() > INT32_MAX ||
            !tree_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
            return fail(ErrorKind::invalid, "found something that is not a Tree message");
        }
        for (const api::Directory& child : tree_.children()) {
            children_.emplace(store::digest_of(child.SerializeAsString()), &child);
        }
        if (TRY(extent_of(tree_.root(), 0)).entries > most_nodes) {
            return fail(ErrorKind::exhausted, "more than {} entries", most_nodes);
        }
        return convert(tree_.root());
    }

private:
    Result<const api::Directory*> child(const api::DirectoryNode& node) const {
        const auto found = children_.find(TRY(digest_from(node.digest())));
        if (found == children_.end()) {
            return fail(ErrorKind::invalid, "the content of directory {} is missing",
                        util::quoted(node.name()));
        }
        return found->second;
    }

    /// Entries once every directory stands at each of its places, and levels: counted before
    /// anything is unfolded.
    struct Extent {
        std::uint64_t entries = 0;
        std::size_t levels = 1;
    };
    Result<Extent> extent_of(const api::Directory& directory, std::size_t depth) {
        if (const auto known = extents_.find(&directory); known != extents_.end()) {
            return known->second;
        }
        Extent extent{.entries = static_cast<std::uint64_t>(directory.files_size() +
                                                            directory.symlinks_size())};
        for (const api::DirectoryNode& node : directory.directories()) {
            const api::Directory* below = TRY(child(node));
            const Extent inside =
                depth < deepest_directory ? TRY(extent_of(*below, depth + 1)) : Extent{};
            extent.entries = std::min(extent.entries + 1 + inside.entries, most_nodes + 1);
            extent.levels = std::max(extent.levels, inside.levels + 1);
        }
        if (depth + extent.levels > deepest_directory) {
            return fail(ErrorKind::invalid, "directories are nested more than {} deep",
                        deepest_directory);
        }
        extents_.emplace(&directory, extent);
        return extent;
    }

    Result<Directory> convert(const api::Directory& from) {
        Directory made;
        made.is_implied = is_set(from.node_properties(), implied_property);
        made.attributes = attributes_from(from.node_properties(), made.is_implied ? 0777 : 0755);
        for (const api::FileNode& file : from.files()) {
            TRY(add_file(made, file));
        }
        for (const api::SymlinkNode& link : from.symlinks()) {
            if (link.target().empty() || link.target().find('\0') != std::string::npos) {
                return fail(ErrorKind::invalid, "link {} has the target {}",
                            util::quoted(link.name()), util::quoted(link.target()));
            }
            TRY(add(made, link.name(), {Link{link.target()}}));
        }
        for (const api::DirectoryNode& node : from.directories()) {
            const api::Directory* below = TRY(child(node));
            Directory converted = TRY(convert(*below));
            TRY(add(made, node.name(), Node{std::move(converted)}));
        }
        return made;
    }

    Result<void> add_file(Directory& to, const api::FileNode& file) {
        if (file.name() == opaque_name) {
            to.is_opaque = true;
            return {};
        }
        if (file.name().starts_with(whiteout_prefix)) {
            return add(to, file.name().substr(whiteout_prefix.size()), {Whiteout{}});
        }
        const std::uint32_t mode = file.is_executable() ? 0755 : 0644;
        const Digest digest = TRY(digest_from(file.digest()));
        return add(to, file.name(),
                   Node{File{.digest = digest,
                             .attributes = attributes_from(file.node_properties(), mode),
                             .is_separate = is_set(file.node_properties(), separate_property)}});
    }

    static Result<void> add(Directory& to, const std::string& name, Node node) {
        if (name.empty() || name == "." || name == ".." || name.size() > 255 ||
            name.find_first_of(std::string_view("/\0", 2)) != std::string::npos) {
            return fail(ErrorKind::invalid, "found the name {}, expected one path component",
                        util::quoted(name));
        }
        if (!to.children.emplace(name, std::move(node)).second) {
            return fail(ErrorKind::invalid, "the name {} stands twice in one directory",
                        util::quoted(name));
        }
        return {};
    }

    api::Tree tree_;
    std::unordered_map<Digest, const api::Directory*> children_;
    std::unordered_map<const api::Directory*, Extent> extents_;
};

void collect(const Directory& directory, std::set<Digest>& into) {
    for (const auto& [name, node] : directory.children) {
        if (const File* file = node.file()) {
            into.insert(file->digest);
        } else if (const Directory* below = node.directory()) {
            collect(*below, into);
        }
    }
}

}  // namespace

bool Directory::operator==(const Directory&) const = default;
bool Node::operator==(const Node&) const = default;

std::string encode(const Directory& root) {
    return Encoder().run(root);
}

Result<Directory> decode(std::string_view bytes) {
    return Decoder().run(bytes);
}

std::vector<Digest> files_of(const Directory& root) {
    std::set<Digest> digests;
    collect(root, digests);
    return {digests.begin(), digests.end()};
}

Result<Digest> put(store::Store& store, const Directory& root) {
    return store.put_group(encode(root), files_of(root));
}

Result<Directory> load(store::Store& store, const Digest& layer) {
    const std::string bytes = TRY(store.read(layer), "reading layer {}", layer.hex());
    return TRY(decode(bytes), "reading layer {}", layer.hex());
}

Result<std::vector<std::string>> components_of(std::string_view path) {
    std::vector<std::string> components;
    if (path.find('\0') != std::string_view::npos || !util::is_utf8(path)) {
        return fail(ErrorKind::invalid, "path {} is not UTF-8", util::quoted(path));
    }
    for (const std::string_view component : util::split(path, '/')) {
        if (component.size() > 255) {
            return fail(ErrorKind::invalid, "path {} has a component of more than 255 bytes",
                        util::quoted(path));
        }
        if (component == "..") {
            return fail(ErrorKind::invalid,
                        "path {} leads upwards by \"..\": it could leave the container",
                        util::quoted(path));
        }
        if (!component.empty() && component != ".") {
            components.emplace_back(component);
        }
    }
    return components;
}

}  // namespace maelstrom::layer
