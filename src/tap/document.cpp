#include "tap/document.hpp"

#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

// Lines are read one by one into a stack of levels: the program's own, and one for each subtest
// that is open. A subtest is indented by four more columns and ends with the test point that sums
// it up, which stands one level higher and behind it:
//
//     # Subtest: group             level 1 opens
//         ok 1 - adds              a point of level 1
//         1..1
//     ok 1 - group                 level 1 is folded into this point of level 0

namespace maelstrom::tap {

namespace {

constexpr std::size_t indentation = 4;
constexpr std::size_t deepest = 20;

std::string points_text(std::size_t count) {
    return fmt::format("{} test point{}", count, count == 1 ? "" : "s");
}

struct Level {
    std::vector<Point> points;
    std::vector<std::string> mistakes;
    std::optional<std::size_t> plan;
    std::optional<std::string> skipped;
    std::size_t count = 0;  ///< of its own points, those included that only sum up
    bool in_order = true;
    std::string text;  ///< all its lines, for a point that stands for them
    std::string rest;

    void write(std::string_view line) {
        std::string& output = points.empty() ? rest : points.back().output;
        output.append(line).append("\n");
    }
    void check() {
        if (!plan) {
            mistakes.push_back(count == 0 ? "no test point and no plan"
                                          : fmt::format("no plan, {}", points_text(count)));
        } else if (*plan != count) {
            mistakes.push_back(fmt::format("planned {}, ran {}", points_text(*plan), count));
        }
    }
    bool all_ok() const {
        return mistakes.empty() && std::ranges::all_of(points, [](const Point& point) {
                   return point.ok || point.directive == Point::Directive::todo;
               });
    }
};

bool take(std::string_view& text, std::string_view start) {
    if (!text.starts_with(start)) {
        return false;
    }
    text.remove_prefix(start.size());
    return true;
}

std::optional<std::size_t> take_number(std::string_view& text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// "SKIP why" and "TODO why", in any case; "skipped" too.
bool read_directive(std::string_view text, Point& point) {
    const std::string word = util::to_lower(text.substr(0, text.find_first_of(" \t:")));
    if (word.starts_with("skip")) {
        point.directive = Point::Directive::skip;
    } else if (word == "todo") {
        point.directive = Point::Directive::todo;
    } else {
        return false;
    }
    point.reason = util::trim(text.substr(word.size()));
    return true;
}

/// Takes escapes out; what follows a "#" of its own may be a directive.
std::string read_description(std::string_view text, Point& point) {
    std::string description;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 1 < text.size();
        if (escape && (text[i + 1] == '#' || text[i + 1] == '\\')) {
            description += text[++i];
        } else if (text[i] == '#' && (i == 0 || text[i - 1] == ' ') &&
                   read_directive(util::trim(text.substr(i + 1)), point)) {
            break;
        } else {
            description += text[i];
        }
    }
    return std::string(util::trim(description));
}

struct Plan {
    std::size_t count = 0;
    std::string skipped;  ///< why, where the count is 0
};

std::optional<Plan> read_plan(std::string_view text) {
    if (!take(text, "1..")) {
        return std::nullopt;
    }
    const std::optional<std::size_t> count = take_number(text);
    text = util::trim(text);
    if (!count || (!text.empty() && !take(text, "#"))) {
        return std::nullopt;
    }
    Point why;
    read_directive(util::trim(text), why);
    return Plan{.count = *count, .skipped = why.reason};
}

struct NumberedPoint {
    Point point;
    std::optional<std::size_t> number;
};

std::optional<NumberedPoint> read_point(std::string_view text) {
    NumberedPoint read{.point = {.ok = !take(text, "not ")}};
    if (!take(text, "ok") || (!text.empty() && text.front() != ' ' && text.front() != '\t')) {
        return std::nullopt;
    }
    text = util::trim(text);
    read.number = take_number(text);
    text = util::trim(text);
    take(text, "- ");
    read.point.name = read_description(text, read.point);
    return read;
}

class Parser {
public:
    void take_line(std::string_view line);
    Document finish();

private:
    bool take_test_line(std::string_view text, std::size_t depth);
    void add(Plan plan);
    void add(NumberedPoint read);
    void take_yaml(std::string_view text);
    void fold(const Level& inner, Point& outer, std::vector<Point>& points);
    void close_to(std::size_t depth);
    void take_closed(Level& level);

    std::vector<Level> levels_{1};
    std::optional<Level> closed_;      ///< waits for the point that sums it up
    std::optional<std::size_t> yaml_;  ///< the columns of the block that is open
    std::optional<std::string> bail_out_;
};

void Parser::take_line(std::string_view line) {
    const std::size_t columns = std::min(line.find_first_not_of(' '), line.size());
    const std::string_view text = util::trim(line);
    if (yaml_) {
        levels_.back().write(line);
        take_yaml(columns == *yaml_ ? text : std::string_view());
    } else if (columns % indentation == 0 && take_test_line(text, columns / indentation)) {
        // Not text of anything.
    } else if (text == "---" && !levels_.back().points.empty()) {
        levels_.back().write(line);
        yaml_ = columns;
    } else if (std::string_view reason = text; take(reason, "Bail out!")) {
        bail_out_ = util::trim(reason);
    } else if (!text.starts_with("TAP version")) {
        levels_.back().write(line);
    }
    for (Level& level : levels_) {
        level.text.append(line).append("\n");
    }
}

bool Parser::take_test_line(std::string_view text, std::size_t depth) {
    if (depth > levels_.size() || depth >= deepest) {
        return false;
    }
    if (text.starts_with("# Subtest")) {
        close_to(depth + 1);
        return true;
    }
    if (std::optional<Plan> plan = read_plan(text)) {
        close_to(depth);
        add(*std::move(plan));
        return true;
    }
    if (std::optional<NumberedPoint> point = read_point(text)) {
        close_to(depth);
        add(*std::move(point));
        return true;
    }
    return false;
}

/// Makes the level of that depth the innermost one.
void Parser::close_to(std::size_t depth) {
    while (levels_.size() > depth + 1) {
        Level& inner = levels_.back();
        take_closed(inner);
        // Old programs announce a subtest where it is, not where it will be summed up.
        if (inner.plan || inner.count > 0 || !inner.mistakes.empty()) {
            inner.check();
            closed_ = std::move(inner);
        }
        levels_.pop_back();
    }
    while (levels_.size() <= depth) {
        take_closed(levels_.back());
        levels_.emplace_back();
    }
}

/// No point of the level has summed up the subtest before its place was needed.
void Parser::take_closed(Level& level) {
    const std::optional<Level> closed = std::exchange(closed_, std::nullopt);
    if (!closed) {
        return;
    }
    level.mistakes.emplace_back("a subtest without a test point that sums it up");
    for (Point point : closed->points) {
        point.name = fmt::format("{} (subtest) / {}", level.count + 1, point.name);
        level.points.push_back(std::move(point));
    }
}

void Parser::add(Plan plan) {
    Level& level = levels_.back();
    if (level.plan) {
        level.mistakes.emplace_back("more than one plan");
    }
    level.plan = plan.count;
    if (plan.count == 0) {
        level.skipped = std::move(plan.skipped);
    }
}

void Parser::add(NumberedPoint read) {
    Level& level = levels_.back();
    ++level.count;
    if (read.number.value_or(level.count) != level.count && std::exchange(level.in_order, false)) {
        level.mistakes.push_back(
            fmt::format("test point {} stands where {} is due", *read.number, level.count));
    }
    Point& point = read.point;
    point.name = fmt::format("{}{}{}", level.count, point.name.empty() ? "" : " - ", point.name);
    if (const std::optional<Level> inner = std::exchange(closed_, std::nullopt)) {
        fold(*inner, point, level.points);
    } else {
        level.points.push_back(std::move(point));
    }
}

void Parser::fold(const Level& inner, Point& outer, std::vector<Point>& points) {
    if (outer.directive == Point::Directive::none && inner.all_ok() == outer.ok &&
        inner.mistakes.empty() && !inner.points.empty()) {
        for (Point point : inner.points) {
            point.name = outer.name + " / " + point.name;
            points.push_back(std::move(point));
        }
        return;
    }
    for (const std::string& mistake : inner.mistakes) {
        outer.output += "subtest: " + mistake + "\n";
    }
    outer.ok = outer.ok && inner.mistakes.empty();
    outer.output += inner.text;
    points.push_back(std::move(outer));
}

void Parser::take_yaml(std::string_view text) {
    if (text == "...") {
        yaml_.reset();
    } else if (take(text, "message:")) {
        text = util::trim(text);
        const bool is_quoted = text.size() > 1 && text.front() == text.back() &&
                               (text.front() == '"' || text.front() == '\'');
        const bool is_block = text.starts_with('|') || text.starts_with('>');
        levels_.back().points.back().message = is_quoted
                                                   ? text.substr(1, text.size() - 2)
                                                   : text.substr(0, is_block ? 0 : text.size());
    }
}

Document Parser::finish() {
    close_to(0);
    Level& all = levels_.front();
    take_closed(all);
    if (!bail_out_) {
        all.check();
    }
    return {.points = std::move(all.points),
            .mistakes = std::move(all.mistakes),
            .skipped = std::move(all.skipped),
            .bail_out = std::move(bail_out_),
            .rest = std::move(all.rest)};
}

}  // namespace

Document parse(std::string_view text) {
    Parser parser;
    for (const std::string_view line : util::split_lines(text)) {
        parser.take_line(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    }
    return parser.finish();
}

}  // namespace maelstrom::tap
