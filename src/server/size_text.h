// Sizes for people.
#ifndef STATOR_SERVER_SIZE_TEXT_H_
#define STATOR_SERVER_SIZE_TEXT_H_

#include <cstdint>
#include <string>

namespace stator {

// "512 bytes", "1.5 KiB", "12.0 GiB".
std::string SizeText(uint64_t bytes);

// "1 table", "2 tables".
std::string CountText(uint64_t count, const std::string& singular, const std::string& plural);

}  // namespace stator

#endif  // STATOR_SERVER_SIZE_TEXT_H_
