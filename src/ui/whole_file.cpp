#include "ui/whole_file.hpp"

#include "sys/file.hpp"
#include "sys/standard_streams.hpp"

#include <climits>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace maelstrom::ui {

namespace {

constexpr int writing = O_WRONLY | O_CREAT;

/// What a chain of symbolic links leads to: a rename would replace the link.
std::string without_links(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                           &std::free);
    return real == nullptr ? path : std::string(real.get());
}

bool exists(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0;
}

/// What does not exist may become one.
bool is_regular(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

}  // namespace

util::Result<WholeFile> WholeFile::create(const std::string& path,
                                          std::string_view head,
                                          std::size_t head_size,
                                          std::string tail) {
    WholeFile file(without_links(path), head_size, std::move(tail));
    file.set_head(head);
    if (!is_regular(file.path_)) {
        file.way_ = Way::at_end;
        file.visible_.file = TRY(sys::open(file.path_, O_WRONLY));
        file.stream_ = file.visible_.file.get();
        return file;
    }
    if (!TRY(file.open_exchange())) {
        TRY(file.open_in_place());
    }
    return file;
}

WholeFile
WholeFile::at_end_to(int fd, std::string_view head, std::size_t head_size, std::string tail) {
    WholeFile file("", head_size, std::move(tail));
    file.set_head(head);
    file.way_ = Way::at_end;
    file.stream_ = fd;
    return file;
}

WholeFile::~WholeFile() {
    if (hidden_.file) {
        ::unlink(hidden_path().c_str());
    }
}

void WholeFile::set_head(std::string_view head) {
    head_ = head.substr(0, head_size_ - 1);
    head_.resize(head_size_ - 1, ' ');
    head_ += '\n';
}

util::Result<void> WholeFile::publish() {
    switch (way_) {
    case Way::exchange:
        return exchange();
    case Way::in_place:
        TRY(update(visible_, fresh_));
        fresh_.clear();
        return {};
    case Way::at_end:
        return {};
    }
    return {};
}

util::Result<void> WholeFile::close() {
    TRY(publish());
    if (way_ == Way::at_end) {
        TRY(sys::write_whole(stream_, head_ + fresh_ + tail_, "the stream"));
        fresh_.clear();
    }
    return {};
}

/// False where the file system or the permissions do not allow it.
util::Result<bool> WholeFile::open_exchange() {
    const std::string hidden = hidden_path();
    auto first = sys::open(hidden, writing | O_TRUNC | O_NOFOLLOW, 0666);
    if (!first) {
        return false;
    }
    visible_ = {.file = std::move(*first), .end = head_size_};
    TRY(update(visible_, ""));
    if (!sys::renameat(AT_FDCWD, hidden, AT_FDCWD, path_)) {
        ::unlink(hidden.c_str());
        return false;
    }
    hidden_ = {.file = TRY(sys::open(hidden, writing | O_TRUNC | O_NOFOLLOW, 0666)),
               .end = head_size_};
    TRY(update(hidden_, ""));
    if (sys::renameat2(AT_FDCWD, hidden, AT_FDCWD, path_, RENAME_EXCHANGE)) {
        std::swap(visible_, hidden_);
        return true;
    }
    ::unlink(hidden.c_str());
    hidden_ = {};
    way_ = Way::in_place;
    return true;
}

util::Result<void> WholeFile::open_in_place() {
    way_ = Way::in_place;
    visible_ = {.file = TRY(sys::open(path_, writing | O_TRUNC, 0666)), .end = head_size_};
    return update(visible_, "");
}

util::Result<void> WholeFile::update(Side& side, std::string_view piece) {
    TRY(sys::pwrite_all(side.file, std::string(piece) + tail_, side.end));
    side.end += piece.size();
    return sys::pwrite_all(side.file, head_, 0);
}

util::Result<void> WholeFile::exchange() {
    TRY(update(hidden_, last_ + fresh_));
    const std::string hidden = hidden_path();
    if (!sys::renameat2(AT_FDCWD, hidden, AT_FDCWD, path_, RENAME_EXCHANGE)) {
        // Somebody took the file away, or its neighbour. What is written now is all there is.
        if (!exists(path_)) {
            TRY(sys::renameat(AT_FDCWD, hidden, AT_FDCWD, path_));
            visible_ = std::exchange(hidden_, {});
        } else {
            TRY(update(visible_, fresh_));
            hidden_ = {};
        }
        fresh_.clear();
        last_.clear();
        way_ = Way::in_place;
        return {};
    }
    std::swap(visible_, hidden_);
    last_ = std::exchange(fresh_, {});
    return {};
}

std::string WholeFile::hidden_path() const {
    const std::size_t slash = path_.rfind('/');
    const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
    return path_.substr(0, start) + "." + path_.substr(start) + ".next";
}

}  // namespace maelstrom::ui
