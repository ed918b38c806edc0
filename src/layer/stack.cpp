#include "layer/stack.hpp"

#include "layer/tree_maker.hpp"

namespace maelstrom::layer {

namespace {

/// Fits one upper tree to one lower tree, from the root down.
class Fitting {
public:
    explicit Fitting(const Directory& lower) : lower_(lower) {}

    Fitted run(Directory upper) {
        std::vector<std::string> path;
        visit(upper, &lower_, path);
        // What moves may meet further links where it comes to, hence one after the other.
        for (int round = 0; !moves_.empty() && round < 40; ++round) {
            std::vector<Move> moves = std::move(moves_);
            moves_.clear();
            for (Move& move : moves) {
                graft(upper, move);
            }
            path.clear();
            visit(upper, &lower_, path);
        }
        return {.tree = std::move(upper), .is_changed = is_changed_, .hides = hides_};
    }

private:
    /// Entries of an upper directory, and the lower directory they belong into.
    struct Move {
        std::vector<std::string> to;
        Directory what;
    };

    /// `below` is what lies under `upper`: null if nothing or no directory.
    void visit(Directory& upper, const Directory* below, std::vector<std::string>& path) {
        if (upper.is_implied && below != nullptr && upper.attributes != below->attributes) {
            upper.attributes = below->attributes;
            is_changed_ = true;
        }
        if (upper.is_opaque) {
            const bool hides = below != nullptr && !below->children.empty();
            hides_ = hides_ || hides;
            is_changed_ = is_changed_ || !hides;
            upper.is_opaque = hides;
            below = nullptr;
        }
        for (auto child = upper.children.begin(); child != upper.children.end();) {
            child = fits(child->first, child->second, below, path) ? std::next(child)
                                                                   : upper.children.erase(child);
        }
    }

    /// False if the entry is not to stay where it is.
    bool fits(const std::string& name,
              Node& node,
              const Directory* below,
              std::vector<std::string>& path) {
        const Node* lower = nullptr;
        if (below != nullptr) {
            const auto found = below->children.find(name);
            lower = found == below->children.end() ? nullptr : &found->second;
        }
        if (node.is_whiteout()) {
            hides_ = hides_ || lower != nullptr;
            is_changed_ = is_changed_ || lower == nullptr;
            return lower != nullptr;
        }
        Directory* directory = node.directory();
        if (directory == nullptr) {
            return true;
        }
        path.push_back(name);
        const bool stays = !(directory->is_implied && !directory->is_opaque && lower != nullptr &&
                             lower->link() != nullptr && moves_through(*directory, path));
        if (stays) {
            visit(*directory, lower == nullptr ? nullptr : lower->directory(), path);
        }
        path.pop_back();
        return stays;
    }

    bool moves_through(Directory& directory, const std::vector<std::string>& path) {
        auto target = resolve_directory(lower_, path);
        if (!target) {
            return false;
        }
        moves_.push_back({.to = std::move(*target), .what = std::move(directory)});
        is_changed_ = true;
        return true;
    }

    static void graft(Directory& upper, Move& move) {
        Directory* place = &upper;
        for (const std::string& component : move.to) {
            auto [child, is_new] = place->children.try_emplace(component, Node{Directory{}});
            if (child->second.directory() == nullptr) {
                return;  // the same layer has put something else there, by its real name
            }
            place = child->second.directory();
        }
        join(*place, move.what);
    }

    /// What was named by its real path wins.
    static void join(Directory& into, Directory& from) {
        for (auto& [name, node] : from.children) {
            const auto [child, is_new] = into.children.try_emplace(name, std::move(node));
            if (!is_new && child->second.directory() != nullptr && node.directory() != nullptr) {
                join(*child->second.directory(), *node.directory());
            }
        }
    }

    const Directory& lower_;
    std::vector<Move> moves_;
    bool is_changed_ = false;
    bool hides_ = false;
};

}  // namespace

Fitted fit(Directory upper, const Directory& lower) {
    return Fitting(lower).run(std::move(upper));
}

void apply(Directory& lower, Directory fitted) {
    lower.attributes = fitted.attributes;
    lower.is_implied = lower.is_implied && fitted.is_implied;
    if (fitted.is_opaque) {
        lower.children.clear();
    }
    for (auto& [name, node] : fitted.children) {
        if (node.is_whiteout()) {
            lower.children.erase(name);
            continue;
        }
        Directory* upper = node.directory();
        const auto existing = lower.children.find(name);
        if (upper == nullptr) {
            lower.children.insert_or_assign(name, std::move(node));
        } else if (existing != lower.children.end() && existing->second.directory() != nullptr) {
            apply(*existing->second.directory(), std::move(*upper));
        } else {
            lower.children.insert_or_assign(name, Node{without_whiteouts(std::move(*upper))});
        }
    }
}

Directory merge(std::vector<Directory> layers) {
    Directory merged;
    bool is_first = true;
    for (Directory& layer : layers) {
        if (is_first) {
            merged = without_whiteouts(std::move(layer));
            is_first = false;
        } else {
            apply(merged, fit(std::move(layer), merged).tree);
        }
    }
    return merged;
}

Directory without_whiteouts(Directory tree) {
    tree.is_opaque = false;
    for (auto child = tree.children.begin(); child != tree.children.end();) {
        if (child->second.is_whiteout()) {
            child = tree.children.erase(child);
            continue;
        }
        if (Directory* below = child->second.directory()) {
            *below = without_whiteouts(std::move(*below));
        }
        ++child;
    }
    return tree;
}

}  // namespace maelstrom::layer
