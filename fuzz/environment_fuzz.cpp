#include "job/expand.hpp"
#include "job/template.hpp"
#include "util/check.hpp"
#include "util/text.hpp"

#include <cstddef>
#include <cstdint>

// Environment values and template texts.

using namespace maelstrom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const job::Variables client{{"A", "x"}, {"EMPTY", ""}, {"BAD", "\xff"}};
    const auto expanded = job::expand(text, client, {{"A", "$env{A}"}});
    if (text.find('$') == std::string_view::npos) {
        CHECK(expanded && *expanded == text);
    }
    const auto substituted = job::substitute(text, {{"a", "<a>"}, {"-", ""}});
    if (text.find('<') == std::string_view::npos) {
        CHECK(substituted && *substituted == text);
    }
    const std::vector<job::EnvironmentElement> elements{{{{"K", std::string(text)}}, true},
                                                        {{{"L", "$prev{K}"}}, false}};
    const auto variables = job::evaluate_environment(elements, client);
    // A specification is UTF-8, and only that can be referred to again.
    if (util::is_utf8(text) && text.find("$prev") == std::string_view::npos) {
        CHECK(variables.has_value() == expanded.has_value());
    }
    return 0;
}
