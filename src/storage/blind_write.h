// The commit of one key whatever its value was.
#ifndef STATOR_STORAGE_BLIND_WRITE_H_
#define STATOR_STORAGE_BLIND_WRITE_H_

#include <optional>
#include <string>
#include <utility>

#include "storage/engine.h"

namespace stator {

// Puts `value`, or deletes the key if there is none. Deletes are taken by a disk that is full.
inline CommitRequest BlindWrite(std::string key, std::optional<std::string> value) {
  CommitRequest request;
  request.frees_space = !value;
  request.decide = [key = std::move(key), value = std::move(value)](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.mutations.push_back({key, value});
    return decision;
  };
  return request;
}

}  // namespace stator

#endif  // STATOR_STORAGE_BLIND_WRITE_H_
