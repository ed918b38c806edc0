# Foreign libraries, each confined to the module that names it (design: one .cpp behind a small header).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)

# Linked from archives where Debian ships them: a program starts in a fraction of the time.
function(maelstrom_static_library NAME)
    cmake_parse_arguments(ARG "" "" "ARCHIVES;ALSO" ${ARGN})
    add_library(${NAME} INTERFACE)
    foreach(archive IN LISTS ARG_ARCHIVES)
        find_library(${NAME}_${archive} NAMES lib${archive}.a REQUIRED)
        target_link_libraries(${NAME} INTERFACE ${${NAME}_${archive}})
    endforeach()
    target_link_libraries(${NAME} INTERFACE ${ARG_ALSO})
endfunction()

maelstrom_static_library(lib_crypto ARCHIVES crypto ALSO Threads::Threads ${CMAKE_DL_LIBS})
maelstrom_static_library(lib_sqlite ARCHIVES sqlite3 ALSO Threads::Threads m)
maelstrom_static_library(lib_archive ARCHIVES archive z bz2 lzma zstd ALSO lib_crypto)
maelstrom_static_library(lib_elf ARCHIVES elf z)
maelstrom_static_library(lib_re2 ARCHIVES re2 ALSO Threads::Threads)
maelstrom_static_library(lib_protobuf ARCHIVES protobuf-lite ALSO Threads::Threads)

# Debian ships these three as shared libraries only. Loading them, and the C++ library for their sake, takes longer than
# all of /bin/true, and a warm maelstrom-run is measured against that. So what is installed has their code inside: fmt
# compiled once here, the others in the one file that uses each.
add_library(lib_fmt INTERFACE)
add_library(lib_spdlog INTERFACE)
add_library(lib_toml INTERFACE)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_library(fmt_code STATIC "${CMAKE_SOURCE_DIR}/cmake/fmt_code.cpp")
    target_link_libraries(lib_fmt INTERFACE fmt_code)
    target_link_libraries(lib_spdlog INTERFACE Threads::Threads)
else()
    target_link_libraries(lib_fmt INTERFACE fmt::fmt)
    target_link_libraries(lib_spdlog INTERFACE spdlog::spdlog)
    target_link_libraries(lib_toml INTERFACE PkgConfig::TOMLPLUSPLUS)
endif()
