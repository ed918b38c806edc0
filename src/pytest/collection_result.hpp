#pragma once

#include "client/client.hpp"
#include "pytest/report.hpp"
#include "runner/collector.hpp"

#include <span>
#include <string>

namespace maelstrom::pytest {

/// What a collecting job means. Cases come from `Collection::items`.
struct CollectionResult {
    Collection collection;
    runner::CollectionEnd end;
};
/// Of a job that has ended.
CollectionResult read_collection(const job::Result& result, const std::string& python);
/// Of one that goes on as a fork point.
CollectionResult read_collection(const job::ForkPointReached& reached);

/// What could not be collected although pytest went on: a listing has no results to hold it.
runner::CollectionEnd end_of_listing(std::span<const Broken> broken);

/// Says what works otherwise than with pytest, and nobody would see it.
void remark(const Collection& collection, bool tests_are_alone);

}  // namespace maelstrom::pytest
