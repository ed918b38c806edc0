#include "fork_point/written_pages.hpp"

#include "slot/kernel.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

// From linux/fs.h and linux/userfaultfd.h of Linux 6.7; Debian 12 has older headers.
struct ScanRequest {
    std::uint64_t size, flags, start, end, walk_end, regions, region_count, max_pages;
    std::uint64_t category_inverted, category_mask, category_any, return_mask;
};
constexpr unsigned long pagemap_scan = _IOWR('f', 16, ScanRequest);
constexpr std::uint64_t page_is_written = 1U << 1U;
constexpr std::uint64_t page_is_of_a_file = 1U << 2U;
constexpr std::uint64_t page_is_present = 1U << 3U;
constexpr std::uint64_t page_is_swapped = 1U << 4U;
constexpr std::uint64_t feature_wp_unpopulated = 1U << 13U;
constexpr std::uint64_t feature_wp_async = 1U << 15U;

int faults = -1;
int pagemap = -1;

}  // namespace

bool PageRegion::is_written() const {
    return (categories & page_is_written) != 0;
}

bool PageRegion::is_in_memory() const {
    return (categories & page_is_present) != 0;
}

bool PageRegion::is_swapped() const {
    return (categories & page_is_swapped) != 0;
}

bool PageRegion::is_of_a_file() const {
    return (categories & page_is_of_a_file) != 0;
}

long open_written_pages() {
    faults = static_cast<int>(call(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY));
    if (faults < 0) {
        return faults;
    }
    uffdio_api api{};
    api.api = UFFD_API;
    api.features = feature_wp_async | feature_wp_unpopulated | UFFD_FEATURE_PAGEFAULT_FLAG_WP;
    const long agreed = call(SYS_ioctl, faults, UFFDIO_API, &api);
    pagemap = static_cast<int>(call(SYS_open, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
    return agreed < 0 ? agreed : pagemap;
}

void close_written_pages() {
    call(SYS_close, faults);
    call(SYS_close, pagemap);
}

long watch_pages(std::uintptr_t start, std::uintptr_t end) {
    uffdio_register request{};
    request.range = {start, end - start};
    request.mode = UFFDIO_REGISTER_MODE_WP;
    return call(SYS_ioctl, faults, UFFDIO_REGISTER, &request);
}

long forget_writes(std::uintptr_t start, std::uintptr_t end) {
    uffdio_writeprotect request{};
    request.range = {start, end - start};
    request.mode = UFFDIO_WRITEPROTECT_MODE_WP;
    return call(SYS_ioctl, faults, UFFDIO_WRITEPROTECT, &request);
}

long find_written(std::uintptr_t start,
                  std::uintptr_t end,
                  bool is_of_a_file,
                  PageRegion* regions,
                  std::size_t room,
                  std::uintptr_t& walked) {
    ScanRequest request{};
    request.size = sizeof request;
    request.start = start;
    request.end = end;
    request.regions = reinterpret_cast<std::uint64_t>(regions);
    request.region_count = room;
    request.category_inverted = page_is_present;
    // Whose a page is Linux looks up for each, and that takes longer than all the rest.
    const std::uint64_t file = is_of_a_file ? page_is_of_a_file : 0;
    request.category_any = page_is_written | page_is_present | file;
    request.return_mask = page_is_written | page_is_present | page_is_swapped | file;
    const long found = call(SYS_ioctl, pagemap, pagemap_scan, &request);
    walked = request.walk_end;
    return found;
}

long read_pages(std::uintptr_t start, PageState* states, std::size_t count) {
    // See Documentation/admin-guide/mm/pagemap.rst.
    constexpr std::uint64_t is_present = std::uint64_t{1} << 63U;
    constexpr std::uint64_t is_swapped = std::uint64_t{1} << 62U;
    constexpr std::uint64_t is_of_a_file = std::uint64_t{1} << 61U;
    constexpr std::uint64_t is_exclusive = std::uint64_t{1} << 56U;
    constexpr std::size_t at_once = 512;
    std::uint64_t entries[at_once];
    for (std::size_t done = 0; done < count; done += at_once) {
        const std::size_t size = (count - done < at_once ? count - done : at_once) * 8;
        const long got = call(SYS_pread64, pagemap, entries, size, (start / page_size + done) * 8);
        if (got != static_cast<long>(size)) {
            return got < 0 ? got : -EIO;
        }
        for (std::size_t i = 0; i < size / 8; ++i) {
            const std::uint64_t entry = entries[i];
            PageState& state = states[done + i];
            state.is_copied =
                (entry & (is_present | is_swapped)) != 0 && (entry & is_of_a_file) == 0;
            state.is_alone = (entry & is_present) != 0 && (entry & is_exclusive) != 0;
        }
    }
    return 0;
}

}  // namespace maelstrom::fork_point
