#pragma once

#include "pytest/byte_code.hpp"
#include "pytest/options.hpp"
#include "runner/framework.hpp"

#include <memory>
#include <string>

namespace maelstrom::pytest {

/// pytest, as the run of a test runner sees it.
class PytestFramework final : public runner::Framework {
public:
    explicit PytestFramework(Options options) : options_(std::move(options)) {}

    runner::Identity identity() const override;
    std::string project_root(const std::string& directory) const override;
    util::Result<runner::ProjectContainer>
    project_container(const std::string& directory, const host::Variables& variables) override;
    job::Container equip(job::Container container) const override;
    bool collects_everything() const override { return options_.arguments.narrow_nothing(); }
    std::unique_ptr<runner::Collector> collector(const runner::JobDefaults& defaults) override;

private:
    util::Result<std::unique_ptr<store::Store>> open_store() const;
    std::shared_ptr<ByteCode> byte_code_of(const std::string& project) const;

    const Options options_;
    std::string interpreter_;  ///< empty where no container builds on the host's
};

}  // namespace maelstrom::pytest
