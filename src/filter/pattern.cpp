#include "filter/pattern.hpp"

#include "filter/glob.hpp"

#include <re2/re2.h>

namespace maelstrom::filter {

namespace {

/// Enough for some twenty thousand states: far more than anybody writes by hand, and little enough
/// that a filter of thousands of bloated expressions does no harm.
constexpr std::int64_t largest_program = 2 << 20;

std::shared_ptr<const re2::RE2> compile(std::string_view expression) {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_never_capture(true);
    options.set_max_mem(largest_program);
    return std::make_shared<const re2::RE2>(re2::StringPiece(expression.data(), expression.size()),
                                            options);
}

PatternError error_of(const re2::RE2& compiled, std::string_view expression) {
    // The library names the offending piece, not its place.
    const std::size_t place = expression.find(compiled.error_arg());
    PatternError error{.offset = place == std::string_view::npos ? 0 : place,
                       .message = compiled.error()};
    switch (compiled.error_code()) {
    case re2::RE2::ErrorBadEscape:
    case re2::RE2::ErrorBadPerlOp:
    case re2::RE2::ErrorBadNamedCapture:
        error.message += "; the syntax is that of RE2, without back-references and look-around";
        break;
    default:
        break;
    }
    return error;
}

}  // namespace

std::expected<Pattern, PatternError> Pattern::regular_expression(std::string_view expression) {
    auto compiled = compile(expression);
    if (!compiled->ok()) {
        return std::unexpected(error_of(*compiled, expression));
    }
    return Pattern(std::move(compiled));
}

std::expected<Pattern, PatternError> Pattern::glob(std::string_view glob) {
    const auto expression = regular_expression_of_glob(glob);
    if (!expression) {
        return std::unexpected(expression.error());
    }
    auto compiled = compile(*expression);
    if (!compiled->ok()) {
        return std::unexpected(PatternError{.offset = 0, .message = compiled->error()});
    }
    return Pattern(std::move(compiled));
}

bool Pattern::is_in(std::string_view text) const {
    const re2::StringPiece piece(text.data(), text.size());
    return compiled_->Match(piece, 0, piece.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace maelstrom::filter
