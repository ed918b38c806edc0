#include "job/template.hpp"

#include "util/text.hpp"

#include <array>
#include <type_traits>

namespace maelstrom::job {

namespace {

using util::Result;
using Values = std::map<std::string, std::string>;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}
bool is_letter_or_digit(char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
}

/// Length of `name>` at the start of the text; 0 if that is not there.
std::size_t name_length(std::string_view text) {
    if (text.empty() || !is_letter(text[0])) {
        return 0;
    }
    std::size_t length = 1;
    while (length < text.size() && is_letter_or_digit(text[length])) {
        ++length;
    }
    return length < text.size() && text[length] == '>' ? length + 1 : 0;
}

Result<std::string> value_of(std::string_view name, const Values& variables) {
    if (const auto found = variables.find(std::string(name)); found != variables.end()) {
        return found->second;
    }
    std::vector<std::string_view> known;
    for (const auto& entry : variables) {
        known.push_back(entry.first);
    }
    return util::fail(util::ErrorKind::invalid,
                      "unknown template variable <{0}>; {1}; write <<{0}> for the text itself",
                      name,
                      known.empty() ? "none is defined here" : "known: " + util::one_of(known));
}

Result<void> replace(std::string& text, const Values& variables) {
    text = TRY(substitute(text, variables), "in {}", util::quoted(text));
    return {};
}
Result<void> replace(std::vector<std::string>& texts, const Values& variables) {
    for (std::string& text : texts) {
        TRY(replace(text, variables));
    }
    return {};
}
Result<void> replace(PrefixOptions& options, const Values& variables) {
    for (auto* prefix : {&options.strip_prefix, &options.prepend_prefix}) {
        if (*prefix) {
            TRY(replace(**prefix, variables));
        }
    }
    return {};
}

Result<void> replace(TarLayer& layer, const Values& variables) {
    return replace(layer.path, variables);
}
Result<void> replace(GlobLayer& layer, const Values& variables) {
    TRY(replace(layer.pattern, variables));
    return replace(layer.options, variables);
}
Result<void> replace(PathsLayer& layer, const Values& variables) {
    TRY(replace(layer.paths, variables));
    return replace(layer.options, variables);
}
Result<void> replace(StubsLayer& layer, const Values& variables) {
    return replace(layer.stubs, variables);
}
Result<void> replace(SymlinksLayer& layer, const Values& variables) {
    for (Symlink& symlink : layer.symlinks) {
        TRY(replace(symlink.link, variables));
        TRY(replace(symlink.target, variables));
    }
    return {};
}
Result<void> replace(SharedLibrariesLayer& layer, const Values& variables) {
    TRY(replace(layer.binaries, variables));
    return replace(layer.options, variables);
}
// No text of these comes from a template.
Result<void> replace(CommandLayer& /*layer*/, const Values& /*variables*/) {
    return {};
}
Result<void> replace(ProjectLayer& /*layer*/, const Values& /*variables*/) {
    return {};
}
Result<void> replace(MadeFilesLayer& /*layer*/, const Values& /*variables*/) {
    return {};
}

}  // namespace

Result<std::string> substitute(std::string_view text, const Values& variables) {
    std::string result;
    while (!text.empty()) {
        const std::size_t first = std::min(text.find('<'), text.size());
        result += text.substr(0, first);
        text.remove_prefix(first);
        const std::size_t angles = std::min(text.find_first_not_of('<'), text.size());
        const std::size_t length = name_length(text.substr(angles));
        if (length == 0) {
            result += text.substr(0, angles);
            text.remove_prefix(angles);
            continue;
        }
        result.append(angles / 2, '<');
        if (angles % 2 == 1) {
            result += TRY(value_of(text.substr(angles, length - 1), variables));
            text.remove_prefix(angles + length);
        } else {
            text.remove_prefix(angles);
        }
    }
    return result;
}

Result<Layer> substitute(Layer layer, const Values& variables) {
    TRY(std::visit([&](auto& kind) { return replace(kind, variables); }, layer));
    return layer;
}

}  // namespace maelstrom::job
