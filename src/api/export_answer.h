// What the operations on exports share.
#ifndef STATOR_API_EXPORT_ANSWER_H_
#define STATOR_API_EXPORT_ANSWER_H_

#include <string>

#include "table/export_record.h"

namespace stator {

// {"ExportDescription":{...}}
std::string ExportAnswer(const ExportRecord& record);

}  // namespace stator

#endif  // STATOR_API_EXPORT_ANSWER_H_
