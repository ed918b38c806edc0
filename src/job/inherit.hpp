#pragma once

#include "job/spec.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::job {

/// The named containers of one client: any string is a name, a later definition replaces an
/// earlier.
class Registry {
public:
    using Make = std::function<util::Result<Container>()>;

    void define(const std::string& name, Container container);
    /// A container that is only made when first looked up; a definition of that name wins. A
    /// failure is reported to who looked, and tried again next time.
    void provide(const std::string& name, Make make);

    /// Null if there is none; valid until the next `define`.
    util::Result<const Container*> find(const std::string& name);
    /// Every name that `find` knows.
    std::vector<std::string> names() const;

private:
    std::map<std::string, Container> containers_;
    std::map<std::string, Make> makers_;
};

/// A container with everything it inherits from named containers.
struct Collapsed {
    /// Has an image as its parent if that is needed, else none. Every scalar is set, by default if
    /// by nobody, except a working directory that the image may give.
    Container container;
    std::vector<std::string> ancestors;  ///< names of those looked at, nearest first
};
util::Result<Collapsed> collapse(const Container& own, Registry& registry);

}  // namespace maelstrom::job
