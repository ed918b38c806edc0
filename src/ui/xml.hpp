#pragma once

#include <string>
#include <string_view>

namespace maelstrom::ui {

// Any bytes as XML 1.0: invalid UTF-8 becomes U+FFFD, characters that XML cannot hold become
// "#x1B".

std::string xml_text(std::string_view bytes);
/// For between double quotes: line breaks and tabs survive normalisation.
std::string xml_attribute(std::string_view bytes);

}  // namespace maelstrom::ui
