#include "pytest/collector.hpp"

#include "job/fields.hpp"
#include "pytest/cases.hpp"
#include "pytest/hints.hpp"
#include "pytest/judge.hpp"
#include "pytest/plugin.hpp"
#include "pytest/text.hpp"
#include "util/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <span>

namespace maelstrom::pytest {

namespace {

/// Of one file, collected so fast that a test which fails need not be tried again for it.
constexpr std::size_t quick_items = 500;

constexpr std::string_view task_path = "/.maelstrom/task";
constexpr const char* byte_code_suffix = " with byte code";
/// A test's report is at most this long, whatever is kept of its output.
constexpr util::Bytes least_output_limit{1'000'000};

constexpr const char* advice_for_bare_containers =
    "The metadata file gives tests a container that does not build on this machine's. Write "
    "parent = \"host\" into a directive without a filter, or list all that Python needs as layers "
    "and mounts and name it with --container-python.\n";

void append(std::vector<std::string>& list, std::span<const std::string> more) {
    list.insert(list.end(), more.begin(), more.end());
}

struct Range {
    std::int64_t start;
    std::int64_t count;
};

/// Of places that follow one another, as those of one function do.
std::vector<Range> ranges_of(std::span<const std::size_t> places) {
    std::vector<Range> ranges;
    for (const std::size_t unsigned_place : places) {
        const auto place = static_cast<std::int64_t>(unsigned_place);
        if (!ranges.empty() && ranges.back().start + ranges.back().count == place) {
            ++ranges.back().count;
        } else {
            ranges.push_back({place, 1});
        }
    }
    return ranges;
}

/// For a variable of a program that starts: Linux allows 128 KiB (MAX_ARG_STRLEN, execve(2)).
bool is_too_long(std::string_view value) {
    return value.size() > 100'000;
}

using Variables = std::vector<std::pair<std::string, std::string>>;

/// What cannot be given as a variable.
void name_long_variables(util::JsonWriter& task, const Variables& variables) {
    const auto is_long = [](const auto& variable) { return is_too_long(variable.second); };
    if (std::ranges::none_of(variables, is_long)) {
        return;
    }
    task.key("env").begin_object();
    for (const auto& [name, value] : std::views::filter(variables, is_long)) {
        task.key(name).string(value);
    }
    task.end_object();
}

/// In a process that runs several tests the plugin says which.
Variables variables_of(std::span<const runner::Case* const> tests, runner::Attempt attempt) {
    auto variables = runner::test_variables(*tests.front(), attempt);
    if (tests.size() > 1) {
        std::erase_if(variables, [](const auto& variable) {
            return variable.first == runner::test_name_variable;
        });
    }
    return variables;
}

}  // namespace

PytestCollector::PytestCollector(Settings settings) : settings_(std::move(settings)) {
}

runner::CollectionEnd PytestCollector::collect(runner::Findings& findings,
                                               runner::JobRunner& jobs,
                                               std::stop_token /*stop*/) {
    timespec start{};
    ::clock_gettime(CLOCK_REALTIME, &start);
    if (settings_.byte_code) {
        take_byte_code(settings_.byte_code->recall(), jobs);
    }
    CollectionResult result = collect_in(jobs);
    collection_ = std::move(result.collection);
    keep_byte_code(std::exchange(collection_.compiled, {}), start, jobs);
    collecting_takes_long_ = collection_.items.size() > quick_items ||
                             std::ranges::any_of(collection_.items, [&](const Item& item) {
                                 return item.file != collection_.items.front().file;
                             });
    if (!collection_.items.empty()) {
        findings.found(cases_of(collection_.items, settings_.directory));
    }
    if (!collection_.broken.empty() && collection_.complete && result.end.exit_code <= 1) {
        // pytest has gone on. Each of them fails a run; a listing has no results.
        result.end = settings_.list ? end_of_listing(collection_.broken) : runner::CollectionEnd{};
    }
    if (settings_.list || collection_.broken.empty()) {
        if (const auto hint = hint_for(result.end.output)) {
            result.end.output += fmt::format("hint: {}\n", hint->text);
        }
    } else {
        findings.found(broken_cases(!result.end.output.empty()));
    }
    if (!settings_.list) {
        remark(collection_, settings_.tests_are_alone);
    }
    if (collection_.most_failures > 0) {
        result.end.stop_after = static_cast<unsigned>(collection_.most_failures);
    }
    result.end.whole =
        settings_.arguments.narrow_nothing() && collection_.whole && collection_.broken.empty();
    return std::move(result.end);
}

std::vector<runner::Case> PytestCollector::broken_cases(bool told) const {
    std::vector<runner::Case> cases = cases_of(collection_.broken, told);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        cases[i].broken->hint = hint_for(failure_text(collection_.broken[i].report));
    }
    return cases;
}

std::optional<runner::Hint> PytestCollector::hint_for(std::string_view failure) const {
    return failure_hint(failure, {.python = collection_python(),
                                  .variables_left_outside = settings_.variables_left_outside});
}

/// Tests find the byte code of what was collected beside its source, so that none compiles; so does
/// collecting what an earlier run has collected.
void PytestCollector::take_byte_code(std::map<std::string, job::MadeFile> files,
                                     runner::JobRunner& jobs) {
    byte_code_ = std::move(files);
    if (!byte_code_.empty()) {
        jobs.define(settings_.container + byte_code_suffix, with_byte_code(settings_.container));
    }
}

void PytestCollector::keep_byte_code(std::vector<CompiledFile> files,
                                     const timespec& start,
                                     runner::JobRunner& jobs) {
    if (files.empty()) {
        return;
    }
    if (settings_.byte_code) {
        settings_.byte_code->remember(files, start);
    }
    std::map<std::string, job::MadeFile> all = std::move(byte_code_);
    for (CompiledFile& file : files) {
        all[file.path] = {.path = file.path, .content = std::move(file.content)};
    }
    take_byte_code(std::move(all), jobs);
}

/// Where no later run wants it, it is for tests that are processes of their own.
bool PytestCollector::leaves_byte_code(bool fork) const {
    return settings_.byte_code != nullptr || (!fork && !settings_.list);
}

CollectionResult PytestCollector::collect_in(runner::JobRunner& jobs) {
    // What is for the collection alone must not be in the process that tests come from.
    const bool fork =
        settings_.isolation == Isolation::fork && settings_.arguments.collection_only.empty();
    auto outcome = jobs.run_to_fork_point(collection_request(place(), fork));
    const auto* point = std::get_if<client::ForkPoint>(&outcome);
    if (point == nullptr) {
        const auto& ended = std::get<job::Result>(outcome);
        CollectionResult result = read_collection(ended, collection_python());
        if (std::holds_alternative<job::NotRun>(ended) && !settings_.on_host) {
            result.end.output += advice_for_bare_containers;
        }
        if (result.collection.cannot_fork) {
            say_no_fork("each test", *result.collection.cannot_fork);
        }
        return result;
    }
    if (point->reached.refusal) {
        say_no_fork("each test", *point->reached.refusal);
        jobs.end(point->id);
    } else {
        points_.add_first(settings_.container, point->id);
    }
    return read_collection(point->reached);
}

runner::ForkPointAnswer PytestCollector::fork_point(const runner::ChosenContainer& container) {
    switch (points_.claim(container.name)) {
    case ForkPoints::Claim::make:
        return collection_request(place_in(container), true);
    case ForkPoints::Claim::wait:
        return runner::NoRoomYet{};
    case ForkPoints::Claim::none:
        break;
    }
    return runner::NoForkPoint{};
}

bool PytestCollector::take_fork_point(const runner::ChosenContainer& container,
                                      runner::ForkPointOrResult outcome) {
    const std::optional<Collection> collection = read_further(container, outcome);
    if (!collection) {
        return false;
    }
    points_.take(container.name, std::get<client::ForkPoint>(outcome).id,
                 places_of(collection_.items, collection->items));
    return true;
}

/// None: there is no fork point in that container, and the user knows.
std::optional<Collection> PytestCollector::read_further(const runner::ChosenContainer& container,
                                                        const runner::ForkPointOrResult& outcome) {
    if (const auto* point = std::get_if<client::ForkPoint>(&outcome)) {
        CollectionResult result = read_collection(point->reached);
        if (!point->reached.refusal && result.end.exit_code == 0) {
            return std::move(result.collection);
        }
        points_.refuse(container.name,
                       point->reached.refusal.value_or("what pytest said there cannot be read"));
        return std::nullopt;
    }
    const auto& ended = std::get<job::Result>(outcome);
    if (std::holds_alternative<job::NotRun>(ended)) {
        points_.refuse(container.name);  // its tests will not run either, and say why
        return std::nullopt;
    }
    const CollectionResult result = read_collection(ended, python_in(container));
    points_.refuse(container.name, result.collection.cannot_fork.value_or(
                                       "collecting has failed or taken too long there"));
    return std::nullopt;
}

runner::JobRequest PytestCollector::forked_request(Tests tests, runner::Attempt attempt) const {
    std::vector<std::size_t> places;
    for (const runner::Case* test : tests) {
        places.push_back(origin_of(*test)->place);
    }
    util::JsonWriter task;
    task.begin_object().key("items").begin_array();
    for (const auto& [start, count] : ranges_of(places)) {
        task.begin_array().number(start).number(count).end_array();
    }
    task.end_array().key("env").begin_object();
    for (const auto& [name, value] : variables_of(tests, attempt)) {
        task.key(name).string(value);
    }
    task.end_object().end_object();
    runner::JobRequest request;
    request.extras.output_limit = output_limit(tests);
    request.extras.holds_output_back = true;
    request.extras.fork = job::Fork{.point = origin_of(*tests.front())->point, .task = task.text()};
    return request;
}

runner::JobRequest PytestCollector::request_together(Tests tests, runner::Attempt attempt) {
    const runner::Case& first = *tests.front();
    if (is_forked(tests, attempt)) {
        return forked_request(tests, attempt);
    }
    for (const runner::Case* test : tests) {
        points_.explain_process(chosen_container_of(*test), test->key);
    }
    runner::JobRequest request =
        python_request(python_of(first), container_of(first),
                       test_arguments(collection_.items[first.key]), test_task(tests, attempt));
    request.extras.output_limit = output_limit(tests);
    request.extras.holds_output_back = true;
    for (const auto& [name, value] : variables_of(tests, attempt)) {
        if (!is_too_long(value)) {
            request.extras.variables.push_back(fmt::format("{}={}", name, value));
        }
    }
    return request;
}

std::vector<runner::Judgement>
PytestCollector::judge_together(Tests tests, runner::Attempt attempt, const job::Result& result) {
    const runner::Case& first = *tests.front();
    const bool alone = collects_alone(tests, attempt);
    return pytest::judge(result, tests.size(),
                         {.python = python_of(first),
                          .variables_left_outside = settings_.variables_left_outside,
                          .collected = is_forked(tests, attempt) ? Collected::in_fork_point
                                       : alone                   ? Collected::own_items
                                                                 : Collected::everything,
                          .coverage = &coverage_});
}

/// Reports of tests that share a process share its output.
util::Bytes PytestCollector::output_limit(Tests tests) const {
    return tests.size() > 1 ? collection_limit
                            : std::max(settings_.output_limit, least_output_limit);
}

runner::JobRequest PytestCollector::collection_request(const Place& place, bool fork) const {
    const Arguments& given = settings_.arguments;
    std::vector<std::string> arguments = given.everywhere;
    append(arguments, given.collection_only);
    if (fork) {
        append(arguments, given.tests_only);
    }
    append(arguments, given.selection);
    util::JsonWriter task;
    task.begin_object().key("do").string("collect");
    // Further containers have the byte code of the first; nobody asks for theirs.
    const bool is_first = place.container == settings_.container;
    task.key("compile").boolean(is_first && leaves_byte_code(fork));
    name_directory(task, place.directory);
    runner::JobRequest request = python_request(place.python, best_container(place.container),
                                                arguments, task.end_object().text());
    request.extras.output_limit = collection_limit;
    request.extras.fork_point = fork;
    return request;
}

runner::JobRequest PytestCollector::python_request(const std::string& python,
                                                   const std::string& container,
                                                   const std::vector<std::string>& arguments,
                                                   std::string task) const {
    runner::JobRequest request;
    request.job.container.parent =
        job::ContainerParent{.name = container, .use = job::all_fields()};
    request.job.program = python;
    request.job.arguments = {std::string(plugin_path)};
    append(request.job.arguments, arguments);
    request.extras.host_name = settings_.host_name;
    request.extras.output_limit = std::max(settings_.output_limit, least_output_limit);
    if (is_too_long(task)) {
        request.job.container.layers.emplace_back(job::MadeFilesLayer{
            {{.path = std::string(task_path), .content = std::move(task), .mode = 0644}}});
        task = task_path;
    }
    request.extras.variables = {"MAELSTROM_PYTEST_TASK=" + std::move(task)};
    return request;
}

job::Container PytestCollector::with_byte_code(const std::string& container) const {
    job::MadeFilesLayer layer;
    for (const auto& [path, file] : byte_code_) {
        layer.files.push_back(file);
    }
    job::Container derived;
    derived.parent = job::ContainerParent{.name = container, .use = job::all_fields()};
    derived.layers.emplace_back(std::move(layer));
    return derived;
}

/// Of two containers with that name the one that has byte code, if there are two.
std::string PytestCollector::best_container(const std::string& name) const {
    return byte_code_.empty() ? name : name + byte_code_suffix;
}

/// Whatever else a container of directives is, it has the program that runs pytest.
job::NamedContainers PytestCollector::definitions(const runner::ChosenContainer& chosen) {
    if (chosen.name == settings_.container) {
        return {};
    }
    job::NamedContainers named{{chosen.name, with_plugin(chosen.container)}};
    if (!byte_code_.empty()) {
        named.push_back({chosen.name + byte_code_suffix, with_byte_code(chosen.name)});
    }
    return named;
}

std::optional<ForkPoints::Origin> PytestCollector::origin_of(const runner::Case& test) const {
    return points_.origin(chosen_container_of(test), test.key);
}

bool PytestCollector::can_fork(Tests tests) const {
    return std::ranges::all_of(
        tests, [&](const runner::Case* test) { return origin_of(*test).has_value(); });
}

PytestCollector::Place PytestCollector::place() const {
    return {.python = collection_python(),
            .container = settings_.container,
            .directory = starting_directory(settings_.on_host, settings_.working_directory)};
}

PytestCollector::Place PytestCollector::place_in(const runner::ChosenContainer& container) const {
    return {.python = python_in(container),
            .container = container.name,
            .directory = starting_directory(container.on_host, container.working_directory)};
}

PytestCollector::Place PytestCollector::place_of(const runner::Case& test) const {
    return test.orders.container ? place_in(*test.orders.container) : place();
}

/// Node ids begin at the root directory that pytest finds from there: it has to be the same for all
/// containers that have the same files, whatever their tests' working directory.
std::string PytestCollector::starting_directory(bool on_host,
                                                const std::string& working_directory) const {
    if (working_directory.empty()) {
        return "";
    }
    const std::string& of_bare = settings_.on_host ? working_directory : settings_.directory;
    const std::string& directory = on_host ? settings_.host_directory : of_bare;
    return directory == working_directory ? "" : directory;
}

const std::string& PytestCollector::collection_python() const {
    return settings_.on_host ? settings_.python : settings_.container_python;
}

const std::string& PytestCollector::python_in(const runner::ChosenContainer& container) const {
    return container.on_host ? settings_.python : settings_.container_python;
}

const std::string& PytestCollector::python_of(const runner::Case& test) const {
    return test.orders.container ? python_in(*test.orders.container) : collection_python();
}

const std::string& PytestCollector::chosen_container_of(const runner::Case& test) const {
    return test.orders.container ? test.orders.container->name : settings_.container;
}

std::string PytestCollector::container_of(const runner::Case& test) const {
    return best_container(chosen_container_of(test));
}

/// Everything that is the same for them.
std::vector<std::string> PytestCollector::arguments_for_all_tests() const {
    const Arguments& given = settings_.arguments;
    std::vector<std::string> arguments = given.everywhere;
    append(arguments, given.tests_only);
    if (!given.collection_only.empty()) {
        // Without these arguments pytest might find another root, and other ids with it.
        arguments.push_back("--rootdir=" + collection_.rootdir);
        if (!collection_.inifile.empty()) {
            append(arguments, std::array{std::string("-c"), collection_.inifile});
        }
    }
    append(arguments, given.selection);
    return arguments;
}

std::vector<std::string> PytestCollector::test_arguments(const Item& item) const {
    std::vector<std::string> arguments = arguments_for_all_tests();
    if (!settings_.arguments.collection_only.empty() && settings_.arguments.selection.empty()) {
        arguments.push_back(item.file);
    }
    return arguments;
}

/// The tests come from one file.
std::string PytestCollector::test_task(Tests tests, runner::Attempt attempt) const {
    const Item& first = collection_.items[tests.front()->key];
    util::JsonWriter task;
    task.begin_object().key("do").string("run");
    task.key("file").string(first.file).key("count").number(first.count);
    task.key("items").begin_array();
    for (const runner::Case* test : tests) {
        const Item& item = collection_.items[test->key];
        task.begin_object().key("index").number(item.index);
        task.key("id").string(item.id).end_object();
    }
    task.end_array().key("alone").boolean(collects_alone(tests, attempt));
    name_long_variables(task, variables_of(tests, attempt));
    name_directory(task, place_of(*tests.front()).directory);
    return task.end_object().text();
}

bool PytestCollector::collects_alone(Tests tests, runner::Attempt attempt) const {
    return !is_forked(tests, attempt) && process_step(tests, attempt) == 0 &&
           collecting_takes_long_;
}

}  // namespace maelstrom::pytest
