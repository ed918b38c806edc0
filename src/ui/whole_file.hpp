#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace maelstrom::ui {

/// A document of a head of fixed size, a body that grows and a tail, which is whole whenever
/// anybody looks, however large the pieces are and whenever this process is killed.
///
/// There are two files: the one that is seen, and a hidden one beside it, ".NAME.next", that is one
/// publication behind. To publish, the hidden one gets all that it lacks, and then they exchange
/// their names. So each piece is written twice, and nothing half-written is ever seen. After a kill
/// the hidden one stays behind; the next document of that name uses it up.
///
/// Where names cannot be exchanged (some network file systems, a directory that may not be written
/// to) there is one file, changed in place, the tail in one write with what precedes it: pieces up
/// to a page are whole then. What is no regular file (a pipe) gets the document at the end.
class WholeFile {
public:
    /// Creates the document, or replaces it by an empty one. `head` is padded with blanks.
    static util::Result<WholeFile>
    create(const std::string& path, std::string_view head, std::size_t head_size, std::string tail);
    /// To a descriptor that stays open, at the end.
    static WholeFile
    at_end_to(int fd, std::string_view head, std::size_t head_size, std::string tail);
    WholeFile(WholeFile&&) = default;
    WholeFile& operator=(WholeFile&&) = delete;
    ~WholeFile();

    /// For the next publication. A head that is too long is cut.
    void set_head(std::string_view head);
    void append(std::string_view piece) { fresh_ += piece; }
    util::Result<void> publish();
    /// Publishes; nothing follows.
    util::Result<void> close();

private:
    enum class Way { exchange, in_place, at_end };
    /// One of the files, and where its tail begins.
    struct Side {
        sys::Fd file;
        std::uint64_t end = 0;
    };

    WholeFile(std::string path, std::size_t head_size, std::string tail)
        : path_(std::move(path)), head_size_(head_size), tail_(std::move(tail)) {}
    util::Result<bool> open_exchange();
    util::Result<void> open_in_place();
    util::Result<void> update(Side& side, std::string_view piece);
    util::Result<void> exchange();
    std::string hidden_path() const;

    std::string path_;
    std::size_t head_size_;
    std::string tail_;
    Way way_ = Way::exchange;
    int stream_ = -1;
    std::string head_;
    std::string fresh_;  ///< nobody has it yet
    std::string last_;   ///< the visible file has it, the hidden one does not
    Side visible_;
    Side hidden_;
};

}  // namespace maelstrom::ui
