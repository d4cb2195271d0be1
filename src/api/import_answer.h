// What the operations on imports share.
#ifndef STATOR_API_IMPORT_ANSWER_H_
#define STATOR_API_IMPORT_ANSWER_H_

#include <string>

#include "api/json_object.h"
#include "table/import_record.h"

namespace stator {

// Members that ImportSummary and ImportTableDescription have in common.
void AddImportSummary(const ImportRecord& import, JsonObject* object);
// {"ImportTableDescription":{...}}
std::string ImportAnswer(const ImportRecord& import);

}  // namespace stator

#endif  // STATOR_API_IMPORT_ANSWER_H_
