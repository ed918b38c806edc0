#include "layer/tree_maker.hpp"

#include "util/path.hpp"
#include "util/text.hpp"

#include <deque>

namespace maelstrom::layer {

using util::ErrorKind;
using util::fail;

namespace {

/// Walks a path component by component with a stack of names, expanding links.
class Resolver {
public:
    explicit Resolver(std::span<const std::string> path) : rest_(path.begin(), path.end()) {}

    /// The next real component; none at the end.
    std::optional<std::string> next() {
        while (!rest_.empty()) {
            std::string component = std::move(rest_.front());
            rest_.pop_front();
            if (component == "..") {
                return component;
            }
            if (!component.empty() && component != ".") {
                return component;
            }
        }
        return std::nullopt;
    }

    /// False when there are too many.
    bool follow(const std::string& target) {
        if (++links_ > util::most_links) {
            return false;
        }
        const auto pieces = util::split(target, '/');
        rest_.insert(rest_.begin(), pieces.begin(), pieces.end());
        return true;
    }

private:
    std::deque<std::string> rest_;
    int links_ = 0;
};

}  // namespace

std::optional<std::vector<std::string>> resolve_directory(const Directory& root,
                                                          std::span<const std::string> path) {
    Resolver resolver(path);
    std::vector<std::string> reached;
    std::vector<const Directory*> chain{&root};
    while (const auto component = resolver.next()) {
        if (*component == "..") {
            if (!reached.empty()) {
                reached.pop_back();
                chain.pop_back();
            }
            continue;
        }
        const auto child = chain.back()->children.find(*component);
        if (child == chain.back()->children.end()) {
            return std::nullopt;
        }
        if (const Link* link = child->second.link()) {
            if (!resolver.follow(link->target)) {
                return std::nullopt;
            }
            if (link->target.starts_with('/')) {
                reached.clear();
                chain.resize(1);
            }
            continue;
        }
        const Directory* below = child->second.directory();
        if (below == nullptr) {
            return std::nullopt;
        }
        reached.push_back(*component);
        chain.push_back(below);
    }
    return reached;
}

/// The directory that is to hold the last component, made if necessary.
Result<Directory*> TreeMaker::parent_of(std::span<const std::string> components,
                                        std::string_view whole) {
    Resolver resolver(components.first(components.size() - 1));
    std::vector<Directory*> chain{&root_};
    while (const auto component = resolver.next()) {
        if (*component == "..") {
            if (chain.size() > 1) {
                chain.pop_back();
            }
            continue;
        }
        auto [child, is_new] = chain.back()->children.try_emplace(*component, Node{Directory{}});
        if (const Link* link = child->second.link()) {
            const std::string target = link->target;
            if (!resolver.follow(target)) {
                return fail(ErrorKind::invalid, "the parent of {} is a loop of links",
                            util::quoted(whole));
            }
            if (target.starts_with('/')) {
                chain.resize(1);
            }
            continue;
        }
        if (child->second.directory() == nullptr) {
            if (repeat_ == Repeat::refuse) {
                return fail(ErrorKind::invalid, "{} cannot be placed: {} on its way is a file",
                            util::quoted(whole), util::quoted(*component));
            }
            child->second = Node{Directory{}};
        }
        chain.push_back(child->second.directory());
        if (chain.size() > deepest_directory) {
            return fail(ErrorKind::invalid, "{} lies more than {} directories deep",
                        util::quoted(whole), deepest_directory);
        }
    }
    return chain.back();
}

Result<void> TreeMaker::add_directory(std::string_view path, const FileAttributes& attributes) {
    const std::vector<std::string> components = TRY(components_of(path));
    Directory* directory = &root_;
    if (!components.empty()) {
        Directory* parent = TRY(parent_of(components, path));
        auto [child, is_new] = parent->children.try_emplace(components.back(), Node{Directory{}});
        if (child->second.directory() == nullptr) {
            if (repeat_ == Repeat::refuse) {
                return fail(ErrorKind::invalid,
                            "{} already exists in the layer, not as a directory",
                            util::quoted(path));
            }
            child->second = Node{Directory{}};
        }
        directory = child->second.directory();
    }
    directory->attributes = attributes;
    directory->is_implied = false;
    return {};
}

Result<void> TreeMaker::add(std::string_view path, Node leaf) {
    const std::vector<std::string> components = TRY(components_of(path));
    if (components.empty()) {
        return fail(ErrorKind::invalid,
                    "{} is the root of the container: it can only be a directory",
                    util::quoted(path));
    }
    Directory* parent = TRY(parent_of(components, path));
    const auto [child, is_new] = parent->children.try_emplace(components.back(), std::move(leaf));
    if (!is_new) {
        if (repeat_ == Repeat::refuse) {
            return fail(ErrorKind::invalid, "{} already exists in the layer", util::quoted(path));
        }
        child->second = std::move(leaf);
    }
    return {};
}

Result<void> TreeMaker::make_opaque(std::string_view path) {
    std::vector<std::string> components = TRY(components_of(path));
    components.emplace_back();  // so that the directory itself is the parent
    TRY(parent_of(components, path))->is_opaque = true;
    return {};
}

Result<const Node*> TreeMaker::find(std::string_view path) {
    const std::vector<std::string> components = TRY(components_of(path));
    if (components.empty()) {
        return nullptr;
    }
    const auto directory =
        resolve_directory(root_, std::span(components).first(components.size() - 1));
    const Directory* parent = &root_;
    for (const std::string& component : directory.value_or(std::vector<std::string>{})) {
        parent = parent->children.find(component)->second.directory();
    }
    const auto child = parent->children.find(components.back());
    return directory && child != parent->children.end() ? &child->second : nullptr;
}

}  // namespace maelstrom::layer
