# embed_file(TARGET SYMBOL FILE [DEPENDS target]): puts the bytes of FILE into TARGET as
#   extern "C" const unsigned char SYMBOL[], SYMBOL_end[];
function(embed_file TARGET SYMBOL FILE)
    cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
    set(unit "${CMAKE_CURRENT_BINARY_DIR}/${SYMBOL}.S")
    file(GENERATE OUTPUT "${unit}" CONTENT
"    .section .rodata
    .global ${SYMBOL}, ${SYMBOL}_end
    .balign 16
${SYMBOL}:
    .incbin \"${FILE}\"
${SYMBOL}_end:
    .byte 0
    .section .note.GNU-stack,\"\",%progbits
")
    set_source_files_properties("${unit}" PROPERTIES OBJECT_DEPENDS "${FILE}" SKIP_PRECOMPILE_HEADERS ON GENERATED ON)
    target_sources(${TARGET} PRIVATE "${unit}")
    if(ARG_DEPENDS)
        add_dependencies(${TARGET} ${ARG_DEPENDS})
    endif()
endfunction()
