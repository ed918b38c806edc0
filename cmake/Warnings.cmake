# Warnings of every target of ours; errors where the preset asks for it.
add_library(maelstrom_options INTERFACE)
target_compile_options(maelstrom_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
    # Statement expressions make TRY possible; both compilers have them.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-statement-expression>
    # GCC 12 sees copies of 2^63 bytes in std::string's operator+ and assign (GCC bug 105651 and its kin).
    # It also takes the alternatives that a std::variant does not hold for ones that are read.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow -Wno-restrict -Wno-array-bounds -Wno-maybe-uninitialized>
    # Designated initialisers leave the other members at their defaults on purpose.
    -Wno-missing-field-initializers
    $<$<BOOL:${MAELSTROM_WERROR}>:-Werror>)
target_compile_definitions(maelstrom_options INTERFACE _GLIBCXX_ASSERTIONS _GNU_SOURCE)
target_include_directories(maelstrom_options INTERFACE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_BINARY_DIR}/generated")
