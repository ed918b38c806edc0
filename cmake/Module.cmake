# add_module(NAME m [SOURCES …] [TESTS …] [USES …] [LIBRARIES …] [TEST_USES …] [TEST_LIBRARIES …])
#
# One folder, one library, one namespace. USES names modules of ours that this one may include (with what they list
# in turn); LIBRARIES names foreign ones. TESTS become the program <m>_test, whose every test ctest knows by name.
# The module graph declared here is checked against the includes by tests/module_graph.
include(GoogleTest)

add_library(maelstrom_pch INTERFACE)
set(MAELSTROM_PCH_HEADER "${CMAKE_SOURCE_DIR}/src/pch.hpp")
set(MAELSTROM_TEST_PCH_HEADER "${CMAKE_SOURCE_DIR}/src/pch_test.hpp")

function(maelstrom_precompile TARGET KIND)
    if(NOT MAELSTROM_PCH)
        return()
    endif()
    # The first target of a kind builds the header, the others reuse it.
    get_property(owner GLOBAL PROPERTY maelstrom_pch_${KIND})
    if(owner)
        target_precompile_headers(${TARGET} REUSE_FROM ${owner})
    else()
        set_property(GLOBAL PROPERTY maelstrom_pch_${KIND} ${TARGET})
        if(KIND STREQUAL "test")
            target_precompile_headers(${TARGET} PRIVATE "${MAELSTROM_TEST_PCH_HEADER}")
        else()
            target_precompile_headers(${TARGET} PRIVATE "${MAELSTROM_PCH_HEADER}")
        endif()
    endif()
endfunction()

# Programs share the header of the libraries, so they must be position-independent in the same way: -fPIC, not -fPIE.
function(maelstrom_precompile_program TARGET)
    set_target_properties(${TARGET} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${TARGET} PRIVATE -fPIC)
    maelstrom_precompile(${TARGET} source)
endfunction()

function(add_module)
    cmake_parse_arguments(ARG "" "NAME" "SOURCES;TESTS;USES;LIBRARIES;TEST_USES;TEST_LIBRARIES" ${ARGN})
    add_library(${ARG_NAME} STATIC ${ARG_SOURCES})
    target_link_libraries(${ARG_NAME} PUBLIC maelstrom_options lib_fmt ${ARG_USES} PRIVATE ${ARG_LIBRARIES})
    maelstrom_precompile(${ARG_NAME} source)
    set_property(GLOBAL APPEND PROPERTY maelstrom_modules ${ARG_NAME})

    if(ARG_TESTS)
        add_executable(${ARG_NAME}_test ${ARG_TESTS})
        target_link_libraries(${ARG_NAME}_test PRIVATE ${ARG_NAME} ${ARG_TEST_USES} testing ${ARG_LIBRARIES}
            ${ARG_TEST_LIBRARIES} testing_main GTest::gmock GTest::gtest)
        # Nobody waits for an optimised test.
        target_compile_options(${ARG_NAME}_test PRIVATE $<$<CONFIG:Release>:-O0>)
        maelstrom_precompile(${ARG_NAME}_test test)
        gtest_discover_tests(${ARG_NAME}_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120 TEST_PREFIX ${ARG_NAME}:
            PROPERTIES LABELS unit TIMEOUT 120)
    endif()

    if(MAELSTROM_HEADER_CHECK)
        file(GLOB headers RELATIVE "${CMAKE_SOURCE_DIR}/src" CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.hpp")
        set(units)
        foreach(header IN LISTS headers)
            set(unit "${CMAKE_BINARY_DIR}/header_check/${header}.cpp")
            file(CONFIGURE OUTPUT "${unit}" CONTENT "#include \"${header}\"\n")
            list(APPEND units "${unit}")
        endforeach()
        if(units)
            add_library(${ARG_NAME}_headers OBJECT ${units})
            target_link_libraries(${ARG_NAME}_headers PRIVATE maelstrom_options lib_fmt GTest::gmock ${ARG_USES})
        endif()
    endif()
endfunction()

# add_program(NAME file.cpp USES …): composition only, one file a program; it appears in <build>/bin.
add_custom_target(programs)
function(add_program NAME SOURCE)
    cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
    add_executable(${NAME} ${SOURCE})
    set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
    add_dependencies(programs ${NAME})
    target_link_libraries(${NAME} PRIVATE maelstrom_options ${ARG_USES})
    target_link_options(${NAME} PRIVATE $<$<CONFIG:Release>:-static-libstdc++ -static-libgcc -Wl,--gc-sections>)
    maelstrom_precompile_program(${NAME})
    install(TARGETS ${NAME} RUNTIME DESTINATION bin COMPONENT programs)
endfunction()
