#include "job/parse_parts.hpp"
#include "job/reader.hpp"
#include "util/text.hpp"

#include <array>

namespace maelstrom::job {

namespace {

using util::fail_at;
using util::Result;
using util::Value;

enum class MountType { bind, devices, devpts, mqueue, proc, sys, tmp };

constexpr std::pair<std::string_view, MountType> mount_types[] = {
    {"bind", MountType::bind},     {"devices", MountType::devices}, {"devpts", MountType::devpts},
    {"mqueue", MountType::mqueue}, {"proc", MountType::proc},       {"sys", MountType::sys},
    {"tmp", MountType::tmp}};

constexpr std::pair<std::string_view, Device> device_names[] = {
    {"full", Device::full},       {"fuse", Device::fuse}, {"null", Device::null},
    {"random", Device::random},   {"shm", Device::shm},   {"tty", Device::tty},
    {"urandom", Device::urandom}, {"zero", Device::zero}};

FileSystemMount::Kind file_system(MountType type) {
    using enum FileSystemMount::Kind;
    switch (type) {
    case MountType::devpts:
        return devpts;
    case MountType::mqueue:
        return mqueue;
    case MountType::proc:
        return proc;
    case MountType::sys:
        return sys;
    default:
        return tmp;
    }
}

Result<std::string> parse_mount_point(const Value& mount, std::string_view what) {
    const Value* value = TRY(required(mount, "mount_point", what));
    const std::string text = TRY(read_string(*value, "mount_point"));
    auto path = normalise_mount_point(text);
    if (!path) {
        return fail_at(value->position, path.error().message());
    }
    return path;
}

Result<std::string> parse_local_path(const Value& mount, std::string_view what) {
    const Value* value = TRY(required(mount, "local_path", what));
    std::string path = TRY(read_string(*value, "local_path"));
    if (path.empty()) {
        return fail_at(value->position, "\"local_path\" is empty; name a directory or file of this "
                                        "machine (\".\" is the project directory)");
    }
    return path;
}

Result<Mount> parse_bind(const Value& value, std::string_view what) {
    constexpr std::array<std::string_view, 4> legal{"type", "mount_point", "local_path",
                                                    "read_only"};
    TRY(check_object(value, what, legal));
    BindMount mount;
    mount.mount_point = TRY(parse_mount_point(value, what));
    mount.local_path = TRY(parse_local_path(value, what));
    if (const Value* read_only = value.find("read_only")) {
        mount.read_only = TRY(read_boolean(*read_only, "read_only"));
    }
    return mount;
}

Result<Mount> parse_devices(const Value& value, std::string_view what) {
    constexpr std::array<std::string_view, 2> legal{"type", "devices"};
    TRY(check_object(value, what, legal));
    const Value* devices = TRY(required(value, "devices", what));
    DevicesMount mount;
    for (const Value& device : *TRY(read_list(*devices, "devices"))) {
        mount.devices.insert(TRY(read_word(device, "device", device_names)));
    }
    return mount;
}

Result<Mount> parse_file_system(const Value& value, MountType type, std::string_view what) {
    constexpr std::array<std::string_view, 2> legal{"type", "mount_point"};
    TRY(check_object(value, what, legal));
    return FileSystemMount{file_system(type), TRY(parse_mount_point(value, what))};
}

}  // namespace

Result<Mount> parse_mount(const Value& value) {
    if (value.object() == nullptr) {
        return fail_at(value.position,
                       fmt::format("a mount must be an object, found {}", value.type_name()));
    }
    const Value* tag = TRY(required(value, "type", "a mount"));
    const MountType type = TRY(read_word(*tag, "mount type", mount_types));
    const std::string what = fmt::format("a mount of type {}", util::quoted(*tag->string()));
    switch (type) {
    case MountType::bind:
        return parse_bind(value, what);
    case MountType::devices:
        return parse_devices(value, what);
    default:
        return parse_file_system(value, type, what);
    }
}

Result<std::string> normalise_mount_point(std::string_view path) {
    std::vector<std::string_view> parts;
    for (const std::string_view part : util::split(path, '/')) {
        if (part == "..") {
            if (!parts.empty()) {
                parts.pop_back();
            }
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
    }
    if (parts.empty()) {
        return util::fail(util::ErrorKind::invalid,
                          "the mount point {} {}; name a directory or file below the root",
                          util::quoted(path),
                          path.empty() ? "is empty" : "is the root of the container");
    }
    std::string normal;
    for (const std::string_view part : parts) {
        normal += '/';
        normal += part;
    }
    return normal;
}

}  // namespace maelstrom::job
