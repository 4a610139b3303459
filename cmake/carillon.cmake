# SPDX-License-Identifier: Apache-2.0
# carillon_library(NAME [DEPS room ...] [LIBRARIES target ...])
#
# Makes target carillon::NAME from the *.cc files of the current folder, its test program from *.test.cc, its
# benchmarks from *.bench.cc (when Google Benchmark is there) and its fuzz targets from *.fuzz.cc (CARILLON_FUZZ).
# DEPS are rooms; one that is not yet defined is above this room, and the configuration stops.

find_package(Threads REQUIRED)

add_library(carillon_options INTERFACE)
target_include_directories(carillon_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_features(carillon_options INTERFACE cxx_std_20)
target_compile_options(carillon_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # false alarms of g++ 12 on std::string
    target_compile_options(carillon_options INTERFACE -Wno-restrict)
endif()
target_link_libraries(carillon_options INTERFACE Threads::Threads)
if(CARILLON_SANITIZE)
    target_compile_options(carillon_options INTERFACE -fsanitize=${CARILLON_SANITIZE} -fno-omit-frame-pointer
                           -fno-sanitize-recover=all)
    target_link_options(carillon_options INTERFACE -fsanitize=${CARILLON_SANITIZE})
endif()
if(CARILLON_FUZZ)
    target_compile_options(carillon_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(CARILLON_TESTS)
    find_package(GTest REQUIRED)
    include(GoogleTest)
endif()

function(carillon_library name)
    cmake_parse_arguments(ARG "" "" "DEPS;LIBRARIES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
    set(tests ${sources})
    set(fuzzers ${sources})
    list(FILTER sources EXCLUDE REGEX "\\.(test|bench|fuzz)\\.cc$")
    list(FILTER tests INCLUDE REGEX "\\.test\\.cc$")
    list(FILTER fuzzers INCLUDE REGEX "\\.fuzz\\.cc$")

    foreach(dep ${ARG_DEPS})
        if(NOT TARGET carillon::${dep})
            message(FATAL_ERROR "room '${name}' depends on '${dep}', which is not below it in src/carillon/CMakeLists.txt")
        endif()
    endforeach()
    list(TRANSFORM ARG_DEPS PREPEND carillon::)
    if(sources)
        add_library(carillon_${name} STATIC ${sources})
        target_link_libraries(carillon_${name} PUBLIC carillon_options ${ARG_DEPS} ${ARG_LIBRARIES})
    else()  # headers only
        add_library(carillon_${name} INTERFACE)
        target_link_libraries(carillon_${name} INTERFACE carillon_options ${ARG_DEPS} ${ARG_LIBRARIES})
    endif()
    add_library(carillon::${name} ALIAS carillon_${name})

    if(CARILLON_TESTS AND tests)
        add_executable(carillon_${name}_test ${tests})
        target_link_libraries(carillon_${name}_test PRIVATE carillon::${name} GTest::gtest_main GTest::gtest)
        gtest_discover_tests(carillon_${name}_test TEST_PREFIX "${name}." PROPERTIES LABELS unit TIMEOUT 600
                             DISCOVERY_TIMEOUT 60)
    endif()
    if(CARILLON_FUZZ)
        foreach(fuzzer ${fuzzers})
            get_filename_component(stem ${fuzzer} NAME_WE)
            add_executable(fuzz_${stem} ${fuzzer})
            target_link_libraries(fuzz_${stem} PRIVATE carillon::${name})
            target_link_options(fuzz_${stem} PRIVATE -fsanitize=fuzzer)
        endforeach()
    endif()
endfunction()
