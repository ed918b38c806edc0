#pragma once

#include "pytest/coverage.hpp"

#include <string>
#include <vector>

// The files of a report of coverage, outside of the container. What a container sends could come
// from the tests, so that not everything is written, and not everywhere.

namespace maelstrom::pytest {

/// What an argument of the command line says; the same place twice unless it is a relative one.
struct NamedPlace {
    std::string inside;   ///< where it is in the container
    std::string outside;  ///< where the user means it to be
};

/// Where files of reports may go: into the project, or where an argument of the command line says.
struct ReportPlaces {
    std::string container_directory;  ///< where the project is in the container
    std::string host_directory;
    std::vector<NamedPlace> named;
};
/// Adds the places in `--cov-report=KIND:PLACE`.
void name_places(ReportPlaces& places, const std::vector<std::string>& arguments);

/// What became of the files.
struct Written {
    std::vector<std::string> paths;  ///< absolute: files, or directories that were made for them
    std::vector<std::string> complaints;
};
/// A file that an argument names is written whatever is there. All others are refused where they
/// would be part of a version control or a virtual environment, or what a tool takes orders from,
/// and where something else than an earlier report would be lost.
Written write_reports(const CoverageReport& report, const ReportPlaces& places);

}  // namespace maelstrom::pytest
