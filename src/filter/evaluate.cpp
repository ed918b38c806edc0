#include "filter/evaluate.hpp"

#include "util/check.hpp"

#include <algorithm>

namespace maelstrom::filter {

namespace {

using MaybeText = std::optional<std::string_view>;

Truth accepts(const Node& question, MaybeText text) {
    return text ? truth(question.matcher->accepts(*text)) : Truth::unknown;
}

std::optional<TargetKind> kind_of(Selector selector) {
    switch (selector) {
    case Selector::library:
        return TargetKind::library;
    case Selector::binary:
        return TargetKind::binary;
    case Selector::test:
        return TargetKind::test;
    case Selector::benchmark:
        return TargetKind::benchmark;
    case Selector::example:
        return TargetKind::example;
    default:
        return std::nullopt;
    }
}

Truth answer(const Node& question, const CargoSubject& subject) {
    if (const auto kind = kind_of(question.selector)) {
        if (!subject.target) {
            return Truth::unknown;
        }
        return truth(subject.target->kind == *kind &&
                     (!question.matcher || question.matcher->accepts(subject.target->name)));
    }
    switch (question.selector) {
    case Selector::package:
        return accepts(question, subject.package);
    case Selector::name:
        return accepts(question, subject.name);
    default:
        util::check_failed("a selector that cargo knows");
    }
}

Truth answer(const Node& question, const GoSubject& subject) {
    switch (question.selector) {
    case Selector::package_import_path:
        return accepts(question, subject.import_path);
    case Selector::package_path:
        return accepts(question, subject.path);
    case Selector::package_name:
        return accepts(question, subject.package_name);
    case Selector::name:
        return accepts(question, subject.name);
    default:
        util::check_failed("a selector that Go knows");
    }
}

Truth answer(const Node& question, const PytestSubject& subject) {
    const auto of_test = [&](auto member) {
        return subject.test ? MaybeText((*subject.test).*member) : std::nullopt;
    };
    switch (question.selector) {
    case Selector::package:
        return accepts(question, subject.package);
    case Selector::file:
        return accepts(question, subject.file);
    case Selector::name:
        return accepts(question, of_test(&PytestSubject::Test::name));
    case Selector::node_id:
        return accepts(question, of_test(&PytestSubject::Test::node_id));
    case Selector::markers:
        // "Contains" speaks of the list: one of the markers has exactly that name.
        return subject.test ? truth(std::ranges::find(subject.test->markers,
                                                      question.matcher->parameter()) !=
                                    subject.test->markers.end())
                            : Truth::unknown;
    default:
        util::check_failed("a selector that pytest knows");
    }
}

template <class AnySubject>
Truth value_of(const Node& node, const AnySubject& subject);

/// Stops at the first child that decides alone.
template <class AnySubject>
Truth value_of_joined(const Node& node, const AnySubject& subject) {
    const bool conjunction = node.kind == Node::Kind::all_of;
    const Truth decisive = truth(!conjunction);
    Truth value = truth(conjunction);
    for (const Node& child : node.children) {
        const Truth next = value_of(child, subject);
        value = conjunction ? both(value, next) : either(value, next);
        if (value == decisive) {
            break;
        }
    }
    return value;
}

template <class AnySubject>
Truth plain_value_of(const Node& node, const AnySubject& subject) {
    if (node.kind != Node::Kind::question) {
        return value_of_joined(node, subject);
    }
    switch (node.selector) {
    case Selector::all:
        return Truth::yes;
    case Selector::none:
        return Truth::no;
    case Selector::failed:
        return subject.failed ? truth(*subject.failed) : Truth::unknown;
    default:
        return answer(node, subject);
    }
}

template <class AnySubject>
Truth value_of(const Node& node, const AnySubject& subject) {
    const Truth value = plain_value_of(node, subject);
    return node.negated ? negation(value) : value;
}

}  // namespace

Truth evaluate(const Node& tree, const Subject& subject) {
    return std::visit([&](const auto& known) { return value_of(tree, known); }, subject);
}

}  // namespace maelstrom::filter
