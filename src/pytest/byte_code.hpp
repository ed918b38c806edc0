#pragma once

#include "job/spec.hpp"
#include "pytest/report.hpp"
#include "store/store.hpp"

#include <time.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace maelstrom::pytest {

/// What Python has compiled of a project, kept in the store from run to run. The snapshot of a
/// project has none of it (docs/decisions/005-python-byte-code.md).
class ByteCode {
public:
    /// `project`: its absolute directory. Entries of other interpreters do no harm, since their
    /// names differ, but would be in the way.
    ByteCode(std::unique_ptr<store::Store> store,
             const std::string& project,
             const std::string& interpreter);

    /// The files whose sources look to the host as they did when they were compiled, by path. What
    /// the store has lost is left out.
    std::map<std::string, job::MadeFile> recall();
    /// Keeps these together with what `recall` gave. Not those whose source may have changed since
    /// `start`, when the project had not been looked at yet.
    void remember(std::span<const CompiledFile> files, const timespec& start);

private:
    struct Entry {
        std::string source;
        std::string fingerprint;  ///< of the source, when it was compiled
        util::Digest blob;
    };

    void read_entries();
    std::string entries_as_text() const;

    std::unique_ptr<store::Store> store_;
    util::Digest key_;                      ///< of the list, in the memo
    std::map<std::string, Entry> entries_;  ///< by path
};

}  // namespace maelstrom::pytest
