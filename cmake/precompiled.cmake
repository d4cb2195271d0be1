# stator_precompiled(TARGET [json]): the headers that most files of TARGET take are parsed once, not once a file.
# They are of std and libraries, so that a change of ours rebuilds what includes it and no more. Files still include
# what they use: a build without (STATOR_PRECOMPILED=OFF) is slower, nothing else.
# A header costs each file a little, parsed or not; so there is no header here that fewer than half of the files take.
option(STATOR_PRECOMPILED "Precompile headers of std, simdjson and GoogleTest" ON)

# What ccache needs to keep them and what uses them. And GCC 12 forgets of precompiled code of std where it need not
# look, and then warns of bounds where there is nothing wrong; a build without them still has those warnings.
if(STATOR_PRECOMPILED AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
elseif(STATOR_PRECOMPILED AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess -Wno-array-bounds
                      -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict)
endif()

set(STATOR_PRECOMPILED_HEADERS
    <algorithm> <array> <atomic> <charconv> <condition_variable> <cstddef> <cstdint> <cstring> <deque> <functional>
    <iterator> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <unordered_map>
    <utility> <variant> <vector>)

# The first target of a kind compiles the headers and the others use them from there; so what the headers see of
# definitions and flags is the same everywhere.
function(stator_precompiled target)
  if(NOT STATOR_PRECOMPILED)
    return()
  endif()
  set(headers ${STATOR_PRECOMPILED_HEADERS})
  set(kind STATOR_PRECOMPILED)
  if("json" IN_LIST ARGN)
    list(APPEND headers <simdjson.h>)
    string(APPEND kind _JSON)
  endif()
  get_target_property(libraries ${target} LINK_LIBRARIES)
  if("GTest::gtest_main" IN_LIST libraries)
    list(APPEND headers <gtest/gtest.h>)
    string(APPEND kind _TEST)
  endif()
  get_property(first GLOBAL PROPERTY ${kind})
  if(first)
    target_precompile_headers(${target} REUSE_FROM ${first})
  else()
    target_precompile_headers(${target} PRIVATE ${headers})
    set_property(GLOBAL PROPERTY ${kind} ${target})
  endif()
endfunction()
