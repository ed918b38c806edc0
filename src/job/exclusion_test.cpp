#include "job/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Section 5 of the specification as tables: what a container says, and the effective use set or the
// complaint that follows.

namespace maelstrom::job {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Case {
    std::string name;
    std::string text;
    std::vector<std::string> complaint;  ///< what the error must contain; empty: no error
    Fields use = {};                     ///< of the parent otherwise
};

void PrintTo(const Case& test, std::ostream* out) {
    *out << test.text;
}

class Exclusion : public ::testing::TestWithParam<Case> {};

TEST_P(Exclusion, FollowsTheTable) {
    const auto container = parse_container(*util::parse_json(GetParam().text));

    if (!GetParam().complaint.empty()) {
        ASSERT_FALSE(container);
        for (const std::string& part : GetParam().complaint) {
            EXPECT_THAT(container.error().message(), HasSubstr(part));
        }
        return;
    }
    ASSERT_TRUE(container) << container.error().message();
    const Fields use = std::visit(
        [](const auto& parent) {
            if constexpr (requires { parent.use; }) {
                return parent.use;
            } else {
                return Fields();
            }
        },
        container->parent);
    EXPECT_EQ(use, GetParam().use);
}

const std::string stub = R"([{"stubs":["/a"]}])";

Fields all_but(Field field, Fields fields) {
    fields.erase(field);
    return fields;
}
const Fields of_image{Field::layers, Field::environment, Field::working_directory};
const Fields of_parent{Field::layers,
                       Field::environment,
                       Field::working_directory,
                       Field::enable_writable_file_system,
                       Field::mounts,
                       Field::network,
                       Field::user,
                       Field::group,
                       Field::capabilities,
                       Field::limits};

/// Every row of the table of vector fields, for one field and one kind of parent.
std::vector<Case>
vector_rows(const std::string& field, const std::string& parent, Field what, const Fields& can) {
    const std::string own = fmt::format(R"("{}":[])", field);
    const std::string added = fmt::format(R"("added_{}":[])", field);
    const std::string implicit = fmt::format(R"("{}":"p")", parent);
    const std::string with = fmt::format(R"("{}":{{"name":"p","use":["{}"]}})", parent, field);
    const std::string without =
        fmt::format(R"("{}":{{"name":"p","use":["working_directory"]}})", parent);
    const std::string prefix = parent + "_" + field + "_";
    const std::string quoted = "\"" + field + "\"";
    const std::string quoted_added = "\"added_" + field + "\"";
    return {
        {prefix + "neither", fmt::format("{{{}}}", implicit), {}, can},
        {prefix + "both",
         fmt::format("{{{},{},{}}}", implicit, own, added),
         {quoted, quoted_added, "cannot accompany"}},
        {prefix + "both_alone",
         fmt::format("{{{},{}}}", own, added),
         {quoted, quoted_added, "cannot accompany"}},
        {prefix + "added_alone", fmt::format("{{{}}}", added), {quoted_added, "write " + quoted}},
        {prefix + "added_not_used",
         fmt::format("{{{},{}}}", without, added),
         {quoted_added, "\"" + parent + "\"", "\"use\"", "write " + quoted}},
        {prefix + "added_implicit", fmt::format("{{{},{}}}", implicit, added), {}, can},
        {prefix + "added_explicit", fmt::format("{{{},{}}}", with, added), {}, {what}},
        {prefix + "own_alone", fmt::format("{{{}}}", own), {}, {}},
        {prefix + "own_explicit",
         fmt::format("{{{},{}}}", with, own),
         {quoted, "\"" + parent + "\"", "write " + quoted_added}},
        {prefix + "own_implicit", fmt::format("{{{},{}}}", implicit, own), {}, all_but(what, can)},
        {prefix + "own_not_used",
         fmt::format("{{{},{}}}", without, own),
         {},
         {Field::working_directory}},
    };
}

/// The rows for one scalar.
std::vector<Case> scalar_rows(const std::string& field, const std::string& value, Field what) {
    const std::string own = fmt::format(R"("{}":{})", field, value);
    const std::string explicit_use = fmt::format(R"("parent":{{"name":"p","use":["{}"]}})", field);
    return {
        {field + "_alone", fmt::format("{{{}}}", own), {}, {}},
        {field + "_implicit",
         fmt::format(R"({{"parent":"p",{}}})", own),
         {},
         all_but(what, of_parent)},
        {field + "_explicit",
         fmt::format("{{{},{}}}", explicit_use, own),
         {"\"" + field + "\"", "\"parent\"", "\"use\""}},
        {field + "_not_used",
         fmt::format(R"({{"parent":{{"name":"p","use":["layers"]}},{}}})", own),
         {},
         {Field::layers}},
    };
}

std::vector<Case> cases() {
    std::vector<Case> all;
    const auto add = [&](std::vector<Case> rows) {
        std::ranges::move(rows, std::back_inserter(all));
    };
    add(vector_rows("layers", "image", Field::layers, of_image));
    add(vector_rows("environment", "image", Field::environment, of_image));
    add(vector_rows("layers", "parent", Field::layers, of_parent));
    add(vector_rows("environment", "parent", Field::environment, of_parent));
    add(vector_rows("mounts", "parent", Field::mounts, of_parent));
    add(scalar_rows("working_directory", "\"/\"", Field::working_directory));
    add(scalar_rows("enable_writable_file_system", "false", Field::enable_writable_file_system));
    add(scalar_rows("network", "\"disabled\"", Field::network));
    add(scalar_rows("user", "0", Field::user));
    add(scalar_rows("group", "0", Field::group));
    add(scalar_rows("capabilities", "\"none\"", Field::capabilities));
    add({
        {"two_parents", R"({"image":"i","parent":"p"})", {"\"image\"", "\"parent\"", "only one"}},
        {"image_mounts", R"({"image":"i","mounts":[]})", {}, of_image},
        {"image_added_mounts",
         R"({"image":"i","added_mounts":[]})",
         {"\"added_mounts\"", "\"parent\"", "write \"mounts\""}},
        {"image_workdir",
         R"({"image":"i","working_directory":"/"})",
         {},
         all_but(Field::working_directory, of_image)},
        {"image_workdir_explicit",
         R"({"image":{"name":"i","use":["working_directory"]},"working_directory":"/"})",
         {"\"working_directory\"", "\"image\""}},
        {"image_user", R"({"image":"i","user":0})", {}, of_image},
        {"vector_image_layers",
         R"({"image":"i","layers":)" + stub + "}",
         {},
         {Field::environment, Field::working_directory}},
        {"vector_explicit_layers",
         R"({"image":{"name":"i","use":["layers"]},"layers":)" + stub + "}",
         {"write \"added_layers\""}},
        {"vector_added_layers",
         R"({"image":{"name":"i","use":["environment"]},"added_layers":)" + stub + "}",
         {"write \"layers\""}},
        {"vector_added_environment", R"({"added_environment":{}})", {"write \"environment\""}},
        {"limits_explicit",
         R"({"parent":{"name":"p","use":["limits"]},"limits":{"files":5}})",
         {},
         {Field::limits}},
        {"first_violation_wins", R"({"added_mounts":[],"added_layers":[]})", {"\"added_layers\""}},
        {"workdir_before_mounts",
         R"({"parent":{"name":"p","use":["mounts","working_directory"]},"mounts":[],"working_directory":"/"})",
         {"\"working_directory\" is set here"}},
        {"repeated_use", R"({"parent":{"name":"p","use":["user","user"]}})", {}, {Field::user}},
    });
    return all;
}

INSTANTIATE_TEST_SUITE_P(Specification,
                         Exclusion,
                         ::testing::ValuesIn(cases()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(ExclusionPlace, IsThatOfTheOffendingKey) {
    const auto container =
        parse_container(*util::parse_json("{\"parent\":\"p\",\n  \"image\":\"i\"}"));
    ASSERT_FALSE(container);
    EXPECT_THAT(container.error().message(), ::testing::StartsWith("line 1, column 2: "));
}

}  // namespace
}  // namespace maelstrom::job
