#include "table/request_checks.h"

#include <string>
#include <utility>

#include "table/throughput_check.h"

namespace stator {

ApiResult<IndexDefinition> ResolveNewGlobalIndex(const IndexRequest& request,
                                                 const AttributeDefinitions& attributes) {
  IndexDefinition index;
  index.name = request.name;
  index.global = true;
  index.status = IndexStatus::kCreating;
  auto keys = ResolveGlobalKeySchema(request.keys, attributes);
  if (!keys) return Unexpected<ApiError>(keys.error());
  index.keys = std::move(*keys);
  auto projection = ResolveProjection(request.projection);
  if (!projection) return Unexpected<ApiError>(projection.error());
  index.projection = std::move(*projection);
  return index;
}

ApiResult<void> SetNewIndexThroughput(const IndexRequest& request, BillingMode billing,
                                      IndexDefinition* index) {
  const std::string target = "index " + request.name;
  if (billing == BillingMode::kPayPerRequest && request.provisioned) {
    return InvalidParameter("ProvisionedThroughput should not be specified for index: " +
                            request.name + " when BillingMode is PAY_PER_REQUEST");
  }
  if (request.provisioned) {
    if (auto ok = CheckCapacityBounds(*request.provisioned); !ok) return ok;
    index->provisioned.units = {*request.provisioned->read, *request.provisioned->write};
  }
  if (request.on_demand && !request.on_demand->empty()) {
    if (billing == BillingMode::kProvisioned) {
      return InvalidParameter(
          std::string(FirstOnDemandMember(*request.on_demand)) +
          " for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.");
    }
    if (auto ok = CheckOnDemandRange(*request.on_demand, target, false); !ok) return ok;
    index->on_demand = MergeOnDemand(std::nullopt, *request.on_demand);
  }
  if (request.warm) {
    auto warm = ResolveWarm(*request.warm, target, billing, index->provisioned.units, nullptr);
    if (!warm) return Unexpected<ApiError>(warm.error());
    index->warm = *warm;
  }
  return {};
}

ApiResult<void> CheckSse(const SseRequest& sse) {
  if (!sse.enabled) {
    if (sse.type) return InvalidParameter("SSEType can not be specified if Enabled is false");
    if (sse.has_key_id)
      return InvalidParameter("KMSMasterKeyId can not be specified if Enabled is false");
    return {};
  }
  if (sse.type && *sse.type == "AES256") return InvalidParameter("SSEType AES256 is not supported");
  if (sse.has_key_id && !sse.type)
    return InvalidParameter("SSEType KMS is required if KMSMasterKeyId is specified");
  return Invalid("SSESpecification with Enabled true is not supported by Stator yet.");
}

ApiResult<TableClass> ParseTableClass(std::string_view text) {
  for (const TableClass table_class :
       {TableClass::kStandard, TableClass::kStandardInfrequentAccess}) {
    if (text == NameOf(table_class)) return table_class;
  }
  return Invalid(
      "Invalid table-class parameter provided. Please try again with a valid table-class value: "
      "[STANDARD, "
      "STANDARD_INFREQUENT_ACCESS].");
}

}  // namespace stator
