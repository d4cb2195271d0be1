// The regular expressions of the service model, each as a plain function. An expression has to match the whole
// text. (std::regex recurses per character and would overflow the stack on a hostile text.)
#ifndef STATOR_API_PATTERNS_H_
#define STATOR_API_PATTERNS_H_

#include <string_view>

namespace stator::patterns {

bool Name(std::string_view text);             // [a-zA-Z0-9_.-]+
bool AccountId(std::string_view text);        // [0-9]{12}
bool NoDollar(std::string_view text);         // ^[^\$]+$
bool ImportToken(std::string_view text);      // ([0-9a-f]{16})+
bool CsvDelimiter(std::string_view text);     // [,;:|\t ]
bool CsvHeader(std::string_view text);        // [\x20-\x21\x23-\x2B\x2D-\x7E]*
bool Printable(std::string_view text);        // \p{Print}+
bool BucketName(std::string_view text);       // ^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$
bool RoleArn(std::string_view text);          // all of Unicode but control characters other than \r \n \t

// Kinesis:
bool KinesisStreamArn(std::string_view text);    // arn:aws.*:kinesis:.*:\d{12}:stream/\S+
bool KinesisResourceArn(std::string_view text);  // arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+
bool KinesisConsumerArn(std::string_view text);  // as the one before, but the end: stream/<name>/consumer/<name>:[0-9]+
bool KinesisStreamId(std::string_view text);     // [a-z0-9]{20}-[a-z0-9]{3}
bool HashKey(std::string_view text);             // 0|([1-9]\d{0,38})
bool SequenceNumber(std::string_view text);      // 0|([1-9]\d{0,128})

}  // namespace stator::patterns

#endif  // STATOR_API_PATTERNS_H_
