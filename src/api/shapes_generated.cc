// Written by tools/generate_shapes.py from the model of botocore 1.43.11. Do not edit.
#include "api/patterns.h"
#include "api/shape.h"

namespace stator {
namespace {

static_assert(kMaxStructureMembers == 32);

constexpr Shape kAttributeValue = {.name = "AttributeValue", .kind = ShapeKind::kAttributeValue};

namespace dynamodb {

constexpr Shape kPartiQLStatement = {
    .name = "PartiQLStatement",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 8192,
};
constexpr Shape kPreparedStatementParameters = {
    .name = "PreparedStatementParameters",
    .kind = ShapeKind::kList,
    .min = 1,
    .element = &kAttributeValue,
};
constexpr Shape kConsistentRead = {.name = "ConsistentRead", .kind = ShapeKind::kBoolean};
constexpr std::string_view kReturnValuesOnConditionCheckFailureValues[] = {"ALL_OLD", "NONE"};
constexpr Shape kReturnValuesOnConditionCheckFailure = {
    .name = "ReturnValuesOnConditionCheckFailure",
    .kind = ShapeKind::kString,
    .values = kReturnValuesOnConditionCheckFailureValues,
};
constexpr ShapeMember kBatchStatementRequestMembers[] = {
    {"Statement", &kPartiQLStatement, true},
    {"Parameters", &kPreparedStatementParameters},
    {"ConsistentRead", &kConsistentRead},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kBatchStatementRequest = {
    .name = "BatchStatementRequest",
    .kind = ShapeKind::kStructure,
    .members = kBatchStatementRequestMembers,
};
constexpr Shape kPartiQLBatchRequest = {
    .name = "PartiQLBatchRequest",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 25,
    .element = &kBatchStatementRequest,
};
constexpr std::string_view kReturnConsumedCapacityValues[] = {"INDEXES", "TOTAL", "NONE"};
constexpr Shape kReturnConsumedCapacity = {
    .name = "ReturnConsumedCapacity",
    .kind = ShapeKind::kString,
    .values = kReturnConsumedCapacityValues,
};
constexpr ShapeMember kBatchExecuteStatementInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"Statements", &kPartiQLBatchRequest, true},
};
constexpr Shape kBatchExecuteStatementInput = {
    .name = "BatchExecuteStatementInput",
    .kind = ShapeKind::kStructure,
    .members = kBatchExecuteStatementInputMembers,
};
constexpr Shape kBatchTableArn = {
    .name = "BatchTableArn",
    .kind = ShapeKind::kString,
    .min = 3,
    .max = 255,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
    .table_name_or_arn = true,
};
constexpr Shape kAttributeName = {.name = "AttributeName", .kind = ShapeKind::kString, .max = 65535};
constexpr Shape kKey = {
    .name = "Key",
    .kind = ShapeKind::kMap,
    .key = &kAttributeName,
    .element = &kAttributeValue,
};
constexpr Shape kKeyList = {
    .name = "KeyList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 100,
    .element = &kKey,
};
constexpr Shape kAttributeNameList = {
    .name = "AttributeNameList",
    .kind = ShapeKind::kList,
    .min = 1,
    .element = &kAttributeName,
};
constexpr Shape kProjectionExpression = {.name = "ProjectionExpression", .kind = ShapeKind::kString};
constexpr Shape kExpressionAttributeNameVariable = {
    .name = "ExpressionAttributeNameVariable",
    .kind = ShapeKind::kString,
};
constexpr Shape kExpressionAttributeNameMap = {
    .name = "ExpressionAttributeNameMap",
    .kind = ShapeKind::kMap,
    .key = &kExpressionAttributeNameVariable,
    .element = &kAttributeName,
};
constexpr ShapeMember kKeysAndAttributesMembers[] = {
    {"Keys", &kKeyList, true},
    {"AttributesToGet", &kAttributeNameList},
    {"ConsistentRead", &kConsistentRead},
    {"ProjectionExpression", &kProjectionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
};
constexpr Shape kKeysAndAttributes = {
    .name = "KeysAndAttributes",
    .kind = ShapeKind::kStructure,
    .members = kKeysAndAttributesMembers,
};
constexpr Shape kBatchGetRequestMap = {
    .name = "BatchGetRequestMap",
    .kind = ShapeKind::kMap,
    .min = 1,
    .max = 100,
    .key = &kBatchTableArn,
    .element = &kKeysAndAttributes,
};
constexpr ShapeMember kBatchGetItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"RequestItems", &kBatchGetRequestMap, true},
};
constexpr Shape kBatchGetItemInput = {
    .name = "BatchGetItemInput",
    .kind = ShapeKind::kStructure,
    .members = kBatchGetItemInputMembers,
};
constexpr Shape kPutItemInputAttributeMap = {
    .name = "PutItemInputAttributeMap",
    .kind = ShapeKind::kMap,
    .key = &kAttributeName,
    .element = &kAttributeValue,
};
constexpr ShapeMember kPutRequestMembers[] = {
    {"Item", &kPutItemInputAttributeMap, true},
};
constexpr Shape kPutRequest = {
    .name = "PutRequest",
    .kind = ShapeKind::kStructure,
    .members = kPutRequestMembers,
};
constexpr ShapeMember kDeleteRequestMembers[] = {
    {"Key", &kKey, true},
};
constexpr Shape kDeleteRequest = {
    .name = "DeleteRequest",
    .kind = ShapeKind::kStructure,
    .members = kDeleteRequestMembers,
};
constexpr ShapeMember kWriteRequestMembers[] = {
    {"PutRequest", &kPutRequest},
    {"DeleteRequest", &kDeleteRequest},
};
constexpr Shape kWriteRequest = {
    .name = "WriteRequest",
    .kind = ShapeKind::kStructure,
    .members = kWriteRequestMembers,
};
constexpr Shape kWriteRequests = {
    .name = "WriteRequests",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 25,
    .element = &kWriteRequest,
};
constexpr Shape kBatchWriteItemRequestMap = {
    .name = "BatchWriteItemRequestMap",
    .kind = ShapeKind::kMap,
    .min = 1,
    .max = 25,
    .key = &kBatchTableArn,
    .element = &kWriteRequests,
};
constexpr std::string_view kReturnItemCollectionMetricsValues[] = {"SIZE", "NONE"};
constexpr Shape kReturnItemCollectionMetrics = {
    .name = "ReturnItemCollectionMetrics",
    .kind = ShapeKind::kString,
    .values = kReturnItemCollectionMetricsValues,
};
constexpr ShapeMember kBatchWriteItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"RequestItems", &kBatchWriteItemRequestMap, true},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
};
constexpr Shape kBatchWriteItemInput = {
    .name = "BatchWriteItemInput",
    .kind = ShapeKind::kStructure,
    .members = kBatchWriteItemInputMembers,
};
constexpr Shape kBulkOperationArn = {
    .name = "BulkOperationArn",
    .kind = ShapeKind::kString,
    .min = 37,
    .max = 1024,
};
constexpr ShapeMember kCancelBulkOperationInputMembers[] = {
    {"BulkOperationArn", &kBulkOperationArn, true},
};
constexpr Shape kCancelBulkOperationInput = {
    .name = "CancelBulkOperationInput",
    .kind = ShapeKind::kStructure,
    .members = kCancelBulkOperationInputMembers,
};
constexpr Shape kControlTableArn = {
    .name = "ControlTableArn",
    .kind = ShapeKind::kString,
    .min = 3,
    .max = 255,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
    .table_name_or_arn = true,
};
constexpr Shape kBackupName = {
    .name = "BackupName",
    .kind = ShapeKind::kString,
    .min = 3,
    .max = 255,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
};
constexpr ShapeMember kCreateBackupInputMembers[] = {
    {"TableName", &kControlTableArn, true},
    {"BackupName", &kBackupName, true},
};
constexpr Shape kCreateBackupInput = {
    .name = "CreateBackupInput",
    .kind = ShapeKind::kStructure,
    .members = kCreateBackupInputMembers,
};
constexpr Shape kTableName = {
    .name = "TableName",
    .kind = ShapeKind::kString,
    .min = 3,
    .max = 255,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
};
constexpr Shape kRegionName = {.name = "RegionName", .kind = ShapeKind::kString};
constexpr ShapeMember kReplicaMembers[] = {
    {"RegionName", &kRegionName},
};
constexpr Shape kReplica = {.name = "Replica", .kind = ShapeKind::kStructure, .members = kReplicaMembers};
constexpr Shape kReplicaList = {.name = "ReplicaList", .kind = ShapeKind::kList, .element = &kReplica};
constexpr ShapeMember kCreateGlobalTableInputMembers[] = {
    {"GlobalTableName", &kTableName, true},
    {"ReplicationGroup", &kReplicaList, true},
};
constexpr Shape kCreateGlobalTableInput = {
    .name = "CreateGlobalTableInput",
    .kind = ShapeKind::kStructure,
    .members = kCreateGlobalTableInputMembers,
};
constexpr Shape kKeySchemaAttributeName = {
    .name = "KeySchemaAttributeName",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 255,
};
constexpr std::string_view kScalarAttributeTypeValues[] = {"B", "N", "S"};
constexpr Shape kScalarAttributeType = {
    .name = "ScalarAttributeType",
    .kind = ShapeKind::kString,
    .values = kScalarAttributeTypeValues,
};
constexpr ShapeMember kAttributeDefinitionMembers[] = {
    {"AttributeName", &kKeySchemaAttributeName, true},
    {"AttributeType", &kScalarAttributeType, true},
};
constexpr Shape kAttributeDefinition = {
    .name = "AttributeDefinition",
    .kind = ShapeKind::kStructure,
    .members = kAttributeDefinitionMembers,
};
constexpr Shape kAttributeDefinitions = {
    .name = "AttributeDefinitions",
    .kind = ShapeKind::kList,
    .element = &kAttributeDefinition,
};
constexpr std::string_view kKeyTypeValues[] = {"HASH", "RANGE"};
constexpr Shape kKeyType = {.name = "KeyType", .kind = ShapeKind::kString, .values = kKeyTypeValues};
constexpr ShapeMember kKeySchemaElementMembers[] = {
    {"AttributeName", &kKeySchemaAttributeName, true},
    {"KeyType", &kKeyType, true},
};
constexpr Shape kKeySchemaElement = {
    .name = "KeySchemaElement",
    .kind = ShapeKind::kStructure,
    .members = kKeySchemaElementMembers,
};
constexpr Shape kTwoKeySchema = {
    .name = "TwoKeySchema",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 2,
    .element = &kKeySchemaElement,
};
constexpr Shape kIndexName = {
    .name = "IndexName",
    .kind = ShapeKind::kString,
    .min = 3,
    .max = 255,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
};
constexpr std::string_view kProjectionTypeValues[] = {"ALL", "INCLUDE", "KEYS_ONLY"};
constexpr Shape kProjectionType = {
    .name = "ProjectionType",
    .kind = ShapeKind::kString,
    .values = kProjectionTypeValues,
};
constexpr Shape kNonKeyAttributeName = {
    .name = "NonKeyAttributeName",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 255,
};
constexpr Shape kNonKeyAttributeNameList = {
    .name = "NonKeyAttributeNameList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 20,
    .element = &kNonKeyAttributeName,
};
constexpr ShapeMember kProjectionMembers[] = {
    {"ProjectionType", &kProjectionType},
    {"NonKeyAttributes", &kNonKeyAttributeNameList},
};
constexpr Shape kProjection = {
    .name = "Projection",
    .kind = ShapeKind::kStructure,
    .members = kProjectionMembers,
};
constexpr ShapeMember kLocalSecondaryIndexMembers[] = {
    {"IndexName", &kIndexName, true},
    {"KeySchema", &kTwoKeySchema, true},
    {"Projection", &kProjection, true},
};
constexpr Shape kLocalSecondaryIndex = {
    .name = "LocalSecondaryIndex",
    .kind = ShapeKind::kStructure,
    .members = kLocalSecondaryIndexMembers,
};
constexpr Shape kLocalSecondaryIndexList = {
    .name = "LocalSecondaryIndexList",
    .kind = ShapeKind::kList,
    .element = &kLocalSecondaryIndex,
};
constexpr Shape kEightKeySchema = {
    .name = "EightKeySchema",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 8,
    .element = &kKeySchemaElement,
};
constexpr Shape kPositiveLongObject = {.name = "PositiveLongObject", .kind = ShapeKind::kLong, .min = 1};
constexpr ShapeMember kProvisionedThroughputMembers[] = {
    {"ReadCapacityUnits", &kPositiveLongObject, true},
    {"WriteCapacityUnits", &kPositiveLongObject, true},
};
constexpr Shape kProvisionedThroughput = {
    .name = "ProvisionedThroughput",
    .kind = ShapeKind::kStructure,
    .members = kProvisionedThroughputMembers,
};
constexpr Shape kLongObject = {.name = "LongObject", .kind = ShapeKind::kLong};
constexpr ShapeMember kOnDemandThroughputMembers[] = {
    {"MaxReadRequestUnits", &kLongObject},
    {"MaxWriteRequestUnits", &kLongObject},
};
constexpr Shape kOnDemandThroughput = {
    .name = "OnDemandThroughput",
    .kind = ShapeKind::kStructure,
    .members = kOnDemandThroughputMembers,
};
constexpr ShapeMember kWarmThroughputMembers[] = {
    {"ReadUnitsPerSecond", &kLongObject},
    {"WriteUnitsPerSecond", &kLongObject},
};
constexpr Shape kWarmThroughput = {
    .name = "WarmThroughput",
    .kind = ShapeKind::kStructure,
    .members = kWarmThroughputMembers,
};
constexpr ShapeMember kGlobalSecondaryIndexMembers[] = {
    {"IndexName", &kIndexName, true},
    {"KeySchema", &kEightKeySchema, true},
    {"Projection", &kProjection, true},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"WarmThroughput", &kWarmThroughput},
};
constexpr Shape kGlobalSecondaryIndex = {
    .name = "GlobalSecondaryIndex",
    .kind = ShapeKind::kStructure,
    .members = kGlobalSecondaryIndexMembers,
};
constexpr Shape kGlobalSecondaryIndexList = {
    .name = "GlobalSecondaryIndexList",
    .kind = ShapeKind::kList,
    .element = &kGlobalSecondaryIndex,
};
constexpr std::string_view kBillingModeValues[] = {"PROVISIONED", "PAY_PER_REQUEST"};
constexpr Shape kBillingMode = {
    .name = "BillingMode",
    .kind = ShapeKind::kString,
    .values = kBillingModeValues,
};
constexpr Shape kStreamEnabled = {.name = "StreamEnabled", .kind = ShapeKind::kBoolean};
constexpr std::string_view kStreamViewTypeValues[] = {"NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"};
constexpr Shape kStreamViewType = {
    .name = "StreamViewType",
    .kind = ShapeKind::kString,
    .values = kStreamViewTypeValues,
};
constexpr ShapeMember kStreamSpecificationMembers[] = {
    {"StreamEnabled", &kStreamEnabled, true},
    {"StreamViewType", &kStreamViewType},
};
constexpr Shape kStreamSpecification = {
    .name = "StreamSpecification",
    .kind = ShapeKind::kStructure,
    .members = kStreamSpecificationMembers,
};
constexpr Shape kSSEEnabled = {.name = "SSEEnabled", .kind = ShapeKind::kBoolean};
constexpr std::string_view kSSETypeValues[] = {"AES256", "KMS"};
constexpr Shape kSSEType = {.name = "SSEType", .kind = ShapeKind::kString, .values = kSSETypeValues};
constexpr Shape kKMSMasterKeyId = {.name = "KMSMasterKeyId", .kind = ShapeKind::kString};
constexpr ShapeMember kSSESpecificationMembers[] = {
    {"Enabled", &kSSEEnabled},
    {"SSEType", &kSSEType},
    {"KMSMasterKeyId", &kKMSMasterKeyId},
};
constexpr Shape kSSESpecification = {
    .name = "SSESpecification",
    .kind = ShapeKind::kStructure,
    .members = kSSESpecificationMembers,
};
constexpr Shape kTagKeyString = {.name = "TagKeyString", .kind = ShapeKind::kString, .min = 1, .max = 128};
constexpr Shape kTagValueString = {
    .name = "TagValueString",
    .kind = ShapeKind::kString,
    .min = 0,
    .max = 256,
};
constexpr ShapeMember kTagMembers[] = {
    {"Key", &kTagKeyString, true},
    {"Value", &kTagValueString, true},
};
constexpr Shape kTag = {.name = "Tag", .kind = ShapeKind::kStructure, .members = kTagMembers};
constexpr Shape kTagList = {.name = "TagList", .kind = ShapeKind::kList, .element = &kTag};
constexpr Shape kTableClass = {.name = "TableClass", .kind = ShapeKind::kString};
constexpr Shape kDeletionProtectionEnabled = {
    .name = "DeletionProtectionEnabled",
    .kind = ShapeKind::kBoolean,
};
constexpr Shape kResourcePolicy = {.name = "ResourcePolicy", .kind = ShapeKind::kString};
constexpr Shape kTableArn = {
    .name = "TableArn",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 255,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
    .table_name_or_arn = true,
};
constexpr std::string_view kGlobalTableSettingsReplicationModeValues[] = {"ENABLED", "DISABLED", "ENABLED_WITH_OVERRIDES"};
constexpr Shape kGlobalTableSettingsReplicationMode = {
    .name = "GlobalTableSettingsReplicationMode",
    .kind = ShapeKind::kString,
    .values = kGlobalTableSettingsReplicationModeValues,
};
constexpr ShapeMember kVectorAttributeMembers[] = {
    {"AttributeName", &kKeySchemaAttributeName, true},
};
constexpr Shape kVectorAttribute = {
    .name = "VectorAttribute",
    .kind = ShapeKind::kStructure,
    .members = kVectorAttributeMembers,
};
constexpr Shape kIntegerObject = {.name = "IntegerObject", .kind = ShapeKind::kInteger};
constexpr std::string_view kDistanceFunctionValues[] = {"DOT_PRODUCT", "COSINE", "EUCLIDEAN"};
constexpr Shape kDistanceFunction = {
    .name = "DistanceFunction",
    .kind = ShapeKind::kString,
    .values = kDistanceFunctionValues,
};
constexpr std::string_view kSearchSchemaElementTypeValues[] = {"HASH", "INLINE_FILTER"};
constexpr Shape kSearchSchemaElementType = {
    .name = "SearchSchemaElementType",
    .kind = ShapeKind::kString,
    .values = kSearchSchemaElementTypeValues,
};
constexpr ShapeMember kSearchSchemaElementMembers[] = {
    {"AttributeName", &kKeySchemaAttributeName, true},
    {"SearchSchemaElementType", &kSearchSchemaElementType, true},
};
constexpr Shape kSearchSchemaElement = {
    .name = "SearchSchemaElement",
    .kind = ShapeKind::kStructure,
    .members = kSearchSchemaElementMembers,
};
constexpr Shape kSearchSchema = {
    .name = "SearchSchema",
    .kind = ShapeKind::kList,
    .element = &kSearchSchemaElement,
};
constexpr ShapeMember kVectorIndexMembers[] = {
    {"IndexName", &kIndexName, true},
    {"VectorAttribute", &kVectorAttribute, true},
    {"Dimensions", &kIntegerObject, true},
    {"DistanceFunction", &kDistanceFunction, true},
    {"Projection", &kProjection, true},
    {"SearchSchema", &kSearchSchema},
};
constexpr Shape kVectorIndex = {
    .name = "VectorIndex",
    .kind = ShapeKind::kStructure,
    .members = kVectorIndexMembers,
};
constexpr Shape kVectorIndexList = {
    .name = "VectorIndexList",
    .kind = ShapeKind::kList,
    .element = &kVectorIndex,
};
constexpr ShapeMember kCreateTableInputMembers[] = {
    {"AttributeDefinitions", &kAttributeDefinitions, true},
    {"TableName", &kControlTableArn, true},
    {"KeySchema", &kTwoKeySchema, true},
    {"LocalSecondaryIndexes", &kLocalSecondaryIndexList},
    {"GlobalSecondaryIndexes", &kGlobalSecondaryIndexList},
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"StreamSpecification", &kStreamSpecification},
    {"SSESpecification", &kSSESpecification},
    {"Tags", &kTagList},
    {"TableClass", &kTableClass},
    {"DeletionProtectionEnabled", &kDeletionProtectionEnabled},
    {"WarmThroughput", &kWarmThroughput},
    {"ResourcePolicy", &kResourcePolicy},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"GlobalTableSourceArn", &kTableArn},
    {"GlobalTableSettingsReplicationMode", &kGlobalTableSettingsReplicationMode},
    {"VectorIndexes", &kVectorIndexList},
};
constexpr Shape kCreateTableInput = {
    .name = "CreateTableInput",
    .kind = ShapeKind::kStructure,
    .members = kCreateTableInputMembers,
};
constexpr Shape kBackupArn = {.name = "BackupArn", .kind = ShapeKind::kString, .min = 37, .max = 1024};
constexpr ShapeMember kDeleteBackupInputMembers[] = {
    {"BackupArn", &kBackupArn, true},
};
constexpr Shape kDeleteBackupInput = {
    .name = "DeleteBackupInput",
    .kind = ShapeKind::kStructure,
    .members = kDeleteBackupInputMembers,
};
constexpr Shape kBooleanObject = {.name = "BooleanObject", .kind = ShapeKind::kBoolean};
constexpr std::string_view kComparisonOperatorValues[] = {"IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS"};
constexpr Shape kComparisonOperator = {
    .name = "ComparisonOperator",
    .kind = ShapeKind::kString,
    .values = kComparisonOperatorValues,
};
constexpr Shape kAttributeValueList = {
    .name = "AttributeValueList",
    .kind = ShapeKind::kList,
    .element = &kAttributeValue,
};
constexpr ShapeMember kExpectedAttributeValueMembers[] = {
    {"Value", &kAttributeValue},
    {"Exists", &kBooleanObject},
    {"ComparisonOperator", &kComparisonOperator},
    {"AttributeValueList", &kAttributeValueList},
};
constexpr Shape kExpectedAttributeValue = {
    .name = "ExpectedAttributeValue",
    .kind = ShapeKind::kStructure,
    .members = kExpectedAttributeValueMembers,
};
constexpr Shape kExpectedAttributeMap = {
    .name = "ExpectedAttributeMap",
    .kind = ShapeKind::kMap,
    .key = &kAttributeName,
    .element = &kExpectedAttributeValue,
};
constexpr std::string_view kConditionalOperatorValues[] = {"OR", "AND"};
constexpr Shape kConditionalOperator = {
    .name = "ConditionalOperator",
    .kind = ShapeKind::kString,
    .values = kConditionalOperatorValues,
};
constexpr std::string_view kReturnValueValues[] = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"};
constexpr Shape kReturnValue = {
    .name = "ReturnValue",
    .kind = ShapeKind::kString,
    .values = kReturnValueValues,
};
constexpr Shape kConditionExpression = {.name = "ConditionExpression", .kind = ShapeKind::kString};
constexpr Shape kExpressionAttributeValueVariable = {
    .name = "ExpressionAttributeValueVariable",
    .kind = ShapeKind::kString,
};
constexpr Shape kExpressionAttributeValueMap = {
    .name = "ExpressionAttributeValueMap",
    .kind = ShapeKind::kMap,
    .key = &kExpressionAttributeValueVariable,
    .element = &kAttributeValue,
};
constexpr ShapeMember kDeleteItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableArn, true},
    {"Key", &kKey, true},
    {"Expected", &kExpectedAttributeMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"ReturnValues", &kReturnValue},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ConditionExpression", &kConditionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kDeleteItemInput = {
    .name = "DeleteItemInput",
    .kind = ShapeKind::kStructure,
    .members = kDeleteItemInputMembers,
};
constexpr Shape kResourceArnString = {
    .name = "ResourceArnString",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 1283,
};
constexpr Shape kPolicyRevisionId = {
    .name = "PolicyRevisionId",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 255,
};
constexpr ShapeMember kDeleteResourcePolicyInputMembers[] = {
    {"ResourceArn", &kResourceArnString, true},
    {"ExpectedRevisionId", &kPolicyRevisionId},
};
constexpr Shape kDeleteResourcePolicyInput = {
    .name = "DeleteResourcePolicyInput",
    .kind = ShapeKind::kStructure,
    .members = kDeleteResourcePolicyInputMembers,
};
constexpr ShapeMember kDeleteTableInputMembers[] = {
    {"TableName", &kControlTableArn, true},
};
constexpr Shape kDeleteTableInput = {
    .name = "DeleteTableInput",
    .kind = ShapeKind::kStructure,
    .members = kDeleteTableInputMembers,
};
constexpr ShapeMember kDescribeBackupInputMembers[] = {
    {"BackupArn", &kBackupArn, true},
};
constexpr Shape kDescribeBackupInput = {
    .name = "DescribeBackupInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeBackupInputMembers,
};
constexpr ShapeMember kDescribeBulkOperationInputMembers[] = {
    {"BulkOperationArn", &kBulkOperationArn, true},
};
constexpr Shape kDescribeBulkOperationInput = {
    .name = "DescribeBulkOperationInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeBulkOperationInputMembers,
};
constexpr ShapeMember kDescribeContinuousBackupsInputMembers[] = {
    {"TableName", &kControlTableArn, true},
};
constexpr Shape kDescribeContinuousBackupsInput = {
    .name = "DescribeContinuousBackupsInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeContinuousBackupsInputMembers,
};
constexpr ShapeMember kDescribeContributorInsightsInputMembers[] = {
    {"TableName", &kControlTableArn, true},
    {"IndexName", &kIndexName},
};
constexpr Shape kDescribeContributorInsightsInput = {
    .name = "DescribeContributorInsightsInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeContributorInsightsInputMembers,
};
constexpr Shape kDescribeEndpointsRequest = {
    .name = "DescribeEndpointsRequest",
    .kind = ShapeKind::kStructure,
};
constexpr Shape kExportArn = {.name = "ExportArn", .kind = ShapeKind::kString, .min = 37, .max = 1024};
constexpr ShapeMember kDescribeExportInputMembers[] = {
    {"ExportArn", &kExportArn, true},
};
constexpr Shape kDescribeExportInput = {
    .name = "DescribeExportInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeExportInputMembers,
};
constexpr ShapeMember kDescribeGlobalTableInputMembers[] = {
    {"GlobalTableName", &kTableName, true},
};
constexpr Shape kDescribeGlobalTableInput = {
    .name = "DescribeGlobalTableInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeGlobalTableInputMembers,
};
constexpr ShapeMember kDescribeGlobalTableSettingsInputMembers[] = {
    {"GlobalTableName", &kTableName, true},
};
constexpr Shape kDescribeGlobalTableSettingsInput = {
    .name = "DescribeGlobalTableSettingsInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeGlobalTableSettingsInputMembers,
};
constexpr Shape kImportArn = {.name = "ImportArn", .kind = ShapeKind::kString, .min = 37, .max = 1024};
constexpr ShapeMember kDescribeImportInputMembers[] = {
    {"ImportArn", &kImportArn, true},
};
constexpr Shape kDescribeImportInput = {
    .name = "DescribeImportInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeImportInputMembers,
};
constexpr ShapeMember kDescribeKinesisStreamingDestinationInputMembers[] = {
    {"TableName", &kControlTableArn, true},
};
constexpr Shape kDescribeKinesisStreamingDestinationInput = {
    .name = "DescribeKinesisStreamingDestinationInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeKinesisStreamingDestinationInputMembers,
};
constexpr Shape kDescribeLimitsInput = {.name = "DescribeLimitsInput", .kind = ShapeKind::kStructure};
constexpr ShapeMember kDescribeTableInputMembers[] = {
    {"TableName", &kControlTableArn, true},
};
constexpr Shape kDescribeTableInput = {
    .name = "DescribeTableInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeTableInputMembers,
};
constexpr ShapeMember kDescribeTableReplicaAutoScalingInputMembers[] = {
    {"TableName", &kControlTableArn, true},
};
constexpr Shape kDescribeTableReplicaAutoScalingInput = {
    .name = "DescribeTableReplicaAutoScalingInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeTableReplicaAutoScalingInputMembers,
};
constexpr ShapeMember kDescribeTimeToLiveInputMembers[] = {
    {"TableName", &kControlTableArn, true},
};
constexpr Shape kDescribeTimeToLiveInput = {
    .name = "DescribeTimeToLiveInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeTimeToLiveInputMembers,
};
constexpr Shape kStreamArn = {.name = "StreamArn", .kind = ShapeKind::kString, .min = 37, .max = 1024};
constexpr std::string_view kApproximateCreationDateTimePrecisionValues[] = {"MILLISECOND", "MICROSECOND"};
constexpr Shape kApproximateCreationDateTimePrecision = {
    .name = "ApproximateCreationDateTimePrecision",
    .kind = ShapeKind::kString,
    .values = kApproximateCreationDateTimePrecisionValues,
};
constexpr ShapeMember kEnableKinesisStreamingConfigurationMembers[] = {
    {"ApproximateCreationDateTimePrecision", &kApproximateCreationDateTimePrecision},
};
constexpr Shape kEnableKinesisStreamingConfiguration = {
    .name = "EnableKinesisStreamingConfiguration",
    .kind = ShapeKind::kStructure,
    .members = kEnableKinesisStreamingConfigurationMembers,
};
constexpr ShapeMember kKinesisStreamingDestinationInputMembers[] = {
    {"TableName", &kControlTableArn, true},
    {"StreamArn", &kStreamArn, true},
    {"EnableKinesisStreamingConfiguration", &kEnableKinesisStreamingConfiguration},
};
constexpr Shape kKinesisStreamingDestinationInput = {
    .name = "KinesisStreamingDestinationInput",
    .kind = ShapeKind::kStructure,
    .members = kKinesisStreamingDestinationInputMembers,
};
constexpr Shape kPartiQLNextToken = {
    .name = "PartiQLNextToken",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 32768,
};
constexpr Shape kPositiveIntegerObject = {
    .name = "PositiveIntegerObject",
    .kind = ShapeKind::kInteger,
    .min = 1,
};
constexpr ShapeMember kExecuteStatementInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"Statement", &kPartiQLStatement, true},
    {"Parameters", &kPreparedStatementParameters},
    {"ConsistentRead", &kConsistentRead},
    {"NextToken", &kPartiQLNextToken},
    {"Limit", &kPositiveIntegerObject},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kExecuteStatementInput = {
    .name = "ExecuteStatementInput",
    .kind = ShapeKind::kStructure,
    .members = kExecuteStatementInputMembers,
};
constexpr ShapeMember kParameterizedStatementMembers[] = {
    {"Statement", &kPartiQLStatement, true},
    {"Parameters", &kPreparedStatementParameters},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kParameterizedStatement = {
    .name = "ParameterizedStatement",
    .kind = ShapeKind::kStructure,
    .members = kParameterizedStatementMembers,
};
constexpr Shape kParameterizedStatements = {
    .name = "ParameterizedStatements",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 100,
    .element = &kParameterizedStatement,
};
constexpr Shape kClientRequestToken = {
    .name = "ClientRequestToken",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 36,
};
constexpr ShapeMember kExecuteTransactionInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TransactStatements", &kParameterizedStatements, true},
    {"ClientRequestToken", &kClientRequestToken},
};
constexpr Shape kExecuteTransactionInput = {
    .name = "ExecuteTransactionInput",
    .kind = ShapeKind::kStructure,
    .members = kExecuteTransactionInputMembers,
};
constexpr Shape kExportTime = {.name = "ExportTime", .kind = ShapeKind::kTimestamp};
constexpr Shape kClientToken = {
    .name = "ClientToken",
    .kind = ShapeKind::kString,
    .pattern = "^[^\\$]+$",
    .matches = patterns::NoDollar,
};
constexpr Shape kS3Bucket = {
    .name = "S3Bucket",
    .kind = ShapeKind::kString,
    .max = 255,
    .pattern = "^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$",
    .matches = patterns::BucketName,
};
constexpr Shape kS3BucketOwner = {
    .name = "S3BucketOwner",
    .kind = ShapeKind::kString,
    .pattern = "[0-9]{12}",
    .matches = patterns::AccountId,
};
constexpr Shape kS3Prefix = {.name = "S3Prefix", .kind = ShapeKind::kString, .max = 1024};
constexpr std::string_view kS3SseAlgorithmValues[] = {"AES256", "KMS"};
constexpr Shape kS3SseAlgorithm = {
    .name = "S3SseAlgorithm",
    .kind = ShapeKind::kString,
    .values = kS3SseAlgorithmValues,
};
constexpr Shape kS3SseKmsKeyId = {.name = "S3SseKmsKeyId", .kind = ShapeKind::kString, .min = 1, .max = 2048};
constexpr std::string_view kExportFormatValues[] = {"DYNAMODB_JSON", "ION"};
constexpr Shape kExportFormat = {
    .name = "ExportFormat",
    .kind = ShapeKind::kString,
    .values = kExportFormatValues,
};
constexpr std::string_view kExportTypeValues[] = {"FULL_EXPORT", "INCREMENTAL_EXPORT"};
constexpr Shape kExportType = {.name = "ExportType", .kind = ShapeKind::kString, .values = kExportTypeValues};
constexpr Shape kExportFromTime = {.name = "ExportFromTime", .kind = ShapeKind::kTimestamp};
constexpr Shape kExportToTime = {.name = "ExportToTime", .kind = ShapeKind::kTimestamp};
constexpr std::string_view kExportViewTypeValues[] = {"NEW_IMAGE", "NEW_AND_OLD_IMAGES"};
constexpr Shape kExportViewType = {
    .name = "ExportViewType",
    .kind = ShapeKind::kString,
    .values = kExportViewTypeValues,
};
constexpr ShapeMember kIncrementalExportSpecificationMembers[] = {
    {"ExportFromTime", &kExportFromTime},
    {"ExportToTime", &kExportToTime},
    {"ExportViewType", &kExportViewType},
};
constexpr Shape kIncrementalExportSpecification = {
    .name = "IncrementalExportSpecification",
    .kind = ShapeKind::kStructure,
    .members = kIncrementalExportSpecificationMembers,
};
constexpr Shape kKeyExpression = {.name = "KeyExpression", .kind = ShapeKind::kString};
constexpr ShapeMember kFilterSpecificationMembers[] = {
    {"FilterExpression", &kConditionExpression},
    {"ProjectionExpression", &kProjectionExpression},
    {"KeyConditionExpression", &kKeyExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
};
constexpr Shape kFilterSpecification = {
    .name = "FilterSpecification",
    .kind = ShapeKind::kStructure,
    .members = kFilterSpecificationMembers,
};
constexpr ShapeMember kExportTableToPointInTimeInputMembers[] = {
    {"TableArn", &kTableArn, true},
    {"ExportTime", &kExportTime},
    {"ClientToken", &kClientToken},
    {"S3Bucket", &kS3Bucket, true},
    {"S3BucketOwner", &kS3BucketOwner},
    {"S3Prefix", &kS3Prefix},
    {"S3SseAlgorithm", &kS3SseAlgorithm},
    {"S3SseKmsKeyId", &kS3SseKmsKeyId},
    {"ExportFormat", &kExportFormat},
    {"ExportType", &kExportType},
    {"IncrementalExportSpecification", &kIncrementalExportSpecification},
    {"FilterSpecification", &kFilterSpecification},
};
constexpr Shape kExportTableToPointInTimeInput = {
    .name = "ExportTableToPointInTimeInput",
    .kind = ShapeKind::kStructure,
    .members = kExportTableToPointInTimeInputMembers,
};
constexpr ShapeMember kGetItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableArn, true},
    {"Key", &kKey, true},
    {"AttributesToGet", &kAttributeNameList},
    {"ConsistentRead", &kConsistentRead},
    {"ProjectionExpression", &kProjectionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
};
constexpr Shape kGetItemInput = {
    .name = "GetItemInput",
    .kind = ShapeKind::kStructure,
    .members = kGetItemInputMembers,
};
constexpr ShapeMember kGetResourcePolicyInputMembers[] = {
    {"ResourceArn", &kResourceArnString, true},
};
constexpr Shape kGetResourcePolicyInput = {
    .name = "GetResourcePolicyInput",
    .kind = ShapeKind::kStructure,
    .members = kGetResourcePolicyInputMembers,
};
constexpr ShapeMember kS3BucketSourceMembers[] = {
    {"S3BucketOwner", &kS3BucketOwner},
    {"S3Bucket", &kS3Bucket, true},
    {"S3KeyPrefix", &kS3Prefix},
};
constexpr Shape kS3BucketSource = {
    .name = "S3BucketSource",
    .kind = ShapeKind::kStructure,
    .members = kS3BucketSourceMembers,
};
constexpr std::string_view kInputFormatValues[] = {"DYNAMODB_JSON", "ION", "CSV"};
constexpr Shape kInputFormat = {
    .name = "InputFormat",
    .kind = ShapeKind::kString,
    .values = kInputFormatValues,
};
constexpr Shape kCsvDelimiter = {
    .name = "CsvDelimiter",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 1,
    .pattern = "[,;:|\\t ]",
    .matches = patterns::CsvDelimiter,
};
constexpr Shape kCsvHeader = {
    .name = "CsvHeader",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 65536,
    .pattern = "[\\x20-\\x21\\x23-\\x2B\\x2D-\\x7E]*",
    .matches = patterns::CsvHeader,
};
constexpr Shape kCsvHeaderList = {
    .name = "CsvHeaderList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 255,
    .element = &kCsvHeader,
};
constexpr ShapeMember kCsvOptionsMembers[] = {
    {"Delimiter", &kCsvDelimiter},
    {"HeaderList", &kCsvHeaderList},
};
constexpr Shape kCsvOptions = {
    .name = "CsvOptions",
    .kind = ShapeKind::kStructure,
    .members = kCsvOptionsMembers,
};
constexpr ShapeMember kInputFormatOptionsMembers[] = {
    {"Csv", &kCsvOptions},
};
constexpr Shape kInputFormatOptions = {
    .name = "InputFormatOptions",
    .kind = ShapeKind::kStructure,
    .members = kInputFormatOptionsMembers,
};
constexpr std::string_view kInputCompressionTypeValues[] = {"GZIP", "ZSTD", "NONE"};
constexpr Shape kInputCompressionType = {
    .name = "InputCompressionType",
    .kind = ShapeKind::kString,
    .values = kInputCompressionTypeValues,
};
constexpr ShapeMember kTableCreationParametersMembers[] = {
    {"TableName", &kTableName, true},
    {"AttributeDefinitions", &kAttributeDefinitions, true},
    {"KeySchema", &kTwoKeySchema, true},
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"SSESpecification", &kSSESpecification},
    {"GlobalSecondaryIndexes", &kGlobalSecondaryIndexList},
    {"VectorIndexes", &kVectorIndexList},
};
constexpr Shape kTableCreationParameters = {
    .name = "TableCreationParameters",
    .kind = ShapeKind::kStructure,
    .members = kTableCreationParametersMembers,
};
constexpr ShapeMember kImportTableInputMembers[] = {
    {"ClientToken", &kClientToken},
    {"S3BucketSource", &kS3BucketSource, true},
    {"InputFormat", &kInputFormat, true},
    {"InputFormatOptions", &kInputFormatOptions},
    {"InputCompressionType", &kInputCompressionType},
    {"TableCreationParameters", &kTableCreationParameters, true},
};
constexpr Shape kImportTableInput = {
    .name = "ImportTableInput",
    .kind = ShapeKind::kStructure,
    .members = kImportTableInputMembers,
};
constexpr Shape kBackupsInputLimit = {
    .name = "BackupsInputLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 100,
};
constexpr Shape kTimeRangeLowerBound = {.name = "TimeRangeLowerBound", .kind = ShapeKind::kTimestamp};
constexpr Shape kTimeRangeUpperBound = {.name = "TimeRangeUpperBound", .kind = ShapeKind::kTimestamp};
constexpr std::string_view kBackupTypeFilterValues[] = {"USER", "SYSTEM", "AWS_BACKUP", "ALL"};
constexpr Shape kBackupTypeFilter = {
    .name = "BackupTypeFilter",
    .kind = ShapeKind::kString,
    .values = kBackupTypeFilterValues,
};
constexpr ShapeMember kListBackupsInputMembers[] = {
    {"TableName", &kControlTableArn},
    {"Limit", &kBackupsInputLimit},
    {"TimeRangeLowerBound", &kTimeRangeLowerBound},
    {"TimeRangeUpperBound", &kTimeRangeUpperBound},
    {"ExclusiveStartBackupArn", &kBackupArn},
    {"BackupType", &kBackupTypeFilter},
};
constexpr Shape kListBackupsInput = {
    .name = "ListBackupsInput",
    .kind = ShapeKind::kStructure,
    .members = kListBackupsInputMembers,
};
constexpr Shape kBulkMaxResults = {
    .name = "BulkMaxResults",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 25,
};
constexpr Shape kBulkNextToken = {
    .name = "BulkNextToken",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 1024,
    .pattern = "([0-9a-f]{16})+",
    .matches = patterns::ImportToken,
};
constexpr ShapeMember kListBulkOperationsInputMembers[] = {
    {"MaxResults", &kBulkMaxResults},
    {"NextToken", &kBulkNextToken},
};
constexpr Shape kListBulkOperationsInput = {
    .name = "ListBulkOperationsInput",
    .kind = ShapeKind::kStructure,
    .members = kListBulkOperationsInputMembers,
};
constexpr Shape kNextTokenString = {.name = "NextTokenString", .kind = ShapeKind::kString};
constexpr Shape kListContributorInsightsLimit = {
    .name = "ListContributorInsightsLimit",
    .kind = ShapeKind::kInteger,
    .max = 100,
};
constexpr ShapeMember kListContributorInsightsInputMembers[] = {
    {"TableName", &kControlTableArn},
    {"NextToken", &kNextTokenString},
    {"MaxResults", &kListContributorInsightsLimit},
};
constexpr Shape kListContributorInsightsInput = {
    .name = "ListContributorInsightsInput",
    .kind = ShapeKind::kStructure,
    .members = kListContributorInsightsInputMembers,
};
constexpr Shape kListExportsMaxLimit = {
    .name = "ListExportsMaxLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 25,
};
constexpr Shape kExportNextToken = {.name = "ExportNextToken", .kind = ShapeKind::kString};
constexpr ShapeMember kListExportsInputMembers[] = {
    {"TableArn", &kTableArn},
    {"MaxResults", &kListExportsMaxLimit},
    {"NextToken", &kExportNextToken},
};
constexpr Shape kListExportsInput = {
    .name = "ListExportsInput",
    .kind = ShapeKind::kStructure,
    .members = kListExportsInputMembers,
};
constexpr ShapeMember kListGlobalTablesInputMembers[] = {
    {"ExclusiveStartGlobalTableName", &kTableName},
    {"Limit", &kPositiveIntegerObject},
    {"RegionName", &kRegionName},
};
constexpr Shape kListGlobalTablesInput = {
    .name = "ListGlobalTablesInput",
    .kind = ShapeKind::kStructure,
    .members = kListGlobalTablesInputMembers,
};
constexpr Shape kListImportsMaxLimit = {
    .name = "ListImportsMaxLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 25,
};
constexpr Shape kImportNextToken = {
    .name = "ImportNextToken",
    .kind = ShapeKind::kString,
    .min = 112,
    .max = 1024,
    .pattern = "([0-9a-f]{16})+",
    .matches = patterns::ImportToken,
};
constexpr ShapeMember kListImportsInputMembers[] = {
    {"TableArn", &kTableArn},
    {"PageSize", &kListImportsMaxLimit},
    {"NextToken", &kImportNextToken},
};
constexpr Shape kListImportsInput = {
    .name = "ListImportsInput",
    .kind = ShapeKind::kStructure,
    .members = kListImportsInputMembers,
};
constexpr Shape kListTablesInputLimit = {
    .name = "ListTablesInputLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 100,
};
constexpr ShapeMember kListTablesInputMembers[] = {
    {"ExclusiveStartTableName", &kTableName},
    {"Limit", &kListTablesInputLimit},
};
constexpr Shape kListTablesInput = {
    .name = "ListTablesInput",
    .kind = ShapeKind::kStructure,
    .members = kListTablesInputMembers,
};
constexpr ShapeMember kListTagsOfResourceInputMembers[] = {
    {"ResourceArn", &kResourceArnString, true},
    {"NextToken", &kNextTokenString},
};
constexpr Shape kListTagsOfResourceInput = {
    .name = "ListTagsOfResourceInput",
    .kind = ShapeKind::kStructure,
    .members = kListTagsOfResourceInputMembers,
};
constexpr ShapeMember kPutItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableArn, true},
    {"Item", &kPutItemInputAttributeMap, true},
    {"Expected", &kExpectedAttributeMap},
    {"ReturnValues", &kReturnValue},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ConditionalOperator", &kConditionalOperator},
    {"ConditionExpression", &kConditionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kPutItemInput = {
    .name = "PutItemInput",
    .kind = ShapeKind::kStructure,
    .members = kPutItemInputMembers,
};
constexpr Shape kConfirmRemoveSelfResourceAccess = {
    .name = "ConfirmRemoveSelfResourceAccess",
    .kind = ShapeKind::kBoolean,
};
constexpr ShapeMember kPutResourcePolicyInputMembers[] = {
    {"ResourceArn", &kResourceArnString, true},
    {"Policy", &kResourcePolicy, true},
    {"ExpectedRevisionId", &kPolicyRevisionId},
    {"ConfirmRemoveSelfResourceAccess", &kConfirmRemoveSelfResourceAccess},
};
constexpr Shape kPutResourcePolicyInput = {
    .name = "PutResourcePolicyInput",
    .kind = ShapeKind::kStructure,
    .members = kPutResourcePolicyInputMembers,
};
constexpr std::string_view kSelectValues[] = {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"};
constexpr Shape kSelect = {.name = "Select", .kind = ShapeKind::kString, .values = kSelectValues};
constexpr ShapeMember kConditionMembers[] = {
    {"AttributeValueList", &kAttributeValueList},
    {"ComparisonOperator", &kComparisonOperator, true},
};
constexpr Shape kCondition = {
    .name = "Condition",
    .kind = ShapeKind::kStructure,
    .members = kConditionMembers,
};
constexpr Shape kKeyConditions = {
    .name = "KeyConditions",
    .kind = ShapeKind::kMap,
    .key = &kAttributeName,
    .element = &kCondition,
};
constexpr Shape kFilterConditionMap = {
    .name = "FilterConditionMap",
    .kind = ShapeKind::kMap,
    .key = &kAttributeName,
    .element = &kCondition,
};
constexpr ShapeMember kQueryInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableArn, true},
    {"IndexName", &kIndexName},
    {"Select", &kSelect},
    {"AttributesToGet", &kAttributeNameList},
    {"Limit", &kPositiveIntegerObject},
    {"ConsistentRead", &kConsistentRead},
    {"KeyConditions", &kKeyConditions},
    {"QueryFilter", &kFilterConditionMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"ScanIndexForward", &kBooleanObject},
    {"ExclusiveStartKey", &kKey},
    {"ProjectionExpression", &kProjectionExpression},
    {"FilterExpression", &kConditionExpression},
    {"KeyConditionExpression", &kKeyExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
};
constexpr Shape kQueryInput = {
    .name = "QueryInput",
    .kind = ShapeKind::kStructure,
    .members = kQueryInputMembers,
};
constexpr ShapeMember kRestoreTableFromBackupInputMembers[] = {
    {"TargetTableName", &kTableName, true},
    {"BackupArn", &kBackupArn, true},
    {"BillingModeOverride", &kBillingMode},
    {"GlobalSecondaryIndexOverride", &kGlobalSecondaryIndexList},
    {"LocalSecondaryIndexOverride", &kLocalSecondaryIndexList},
    {"ProvisionedThroughputOverride", &kProvisionedThroughput},
    {"OnDemandThroughputOverride", &kOnDemandThroughput},
    {"SSESpecificationOverride", &kSSESpecification},
    {"VectorIndexOverride", &kVectorIndexList},
};
constexpr Shape kRestoreTableFromBackupInput = {
    .name = "RestoreTableFromBackupInput",
    .kind = ShapeKind::kStructure,
    .members = kRestoreTableFromBackupInputMembers,
};
constexpr Shape kDate = {.name = "Date", .kind = ShapeKind::kTimestamp};
constexpr ShapeMember kRestoreTableToPointInTimeInputMembers[] = {
    {"SourceTableArn", &kTableArn},
    {"SourceTableName", &kTableName},
    {"TargetTableName", &kTableName, true},
    {"UseLatestRestorableTime", &kBooleanObject},
    {"RestoreDateTime", &kDate},
    {"BillingModeOverride", &kBillingMode},
    {"GlobalSecondaryIndexOverride", &kGlobalSecondaryIndexList},
    {"LocalSecondaryIndexOverride", &kLocalSecondaryIndexList},
    {"ProvisionedThroughputOverride", &kProvisionedThroughput},
    {"OnDemandThroughputOverride", &kOnDemandThroughput},
    {"SSESpecificationOverride", &kSSESpecification},
    {"VectorIndexOverride", &kVectorIndexList},
};
constexpr Shape kRestoreTableToPointInTimeInput = {
    .name = "RestoreTableToPointInTimeInput",
    .kind = ShapeKind::kStructure,
    .members = kRestoreTableToPointInTimeInputMembers,
};
constexpr Shape kScanTotalSegments = {
    .name = "ScanTotalSegments",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 1000000,
};
constexpr Shape kScanSegment = {.name = "ScanSegment", .kind = ShapeKind::kInteger, .min = 0, .max = 999999};
constexpr ShapeMember kScanInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableArn, true},
    {"IndexName", &kIndexName},
    {"AttributesToGet", &kAttributeNameList},
    {"Limit", &kPositiveIntegerObject},
    {"Select", &kSelect},
    {"ScanFilter", &kFilterConditionMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"ExclusiveStartKey", &kKey},
    {"TotalSegments", &kScanTotalSegments},
    {"Segment", &kScanSegment},
    {"ProjectionExpression", &kProjectionExpression},
    {"FilterExpression", &kConditionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
    {"ConsistentRead", &kConsistentRead},
};
constexpr Shape kScanInput = {
    .name = "ScanInput",
    .kind = ShapeKind::kStructure,
    .members = kScanInputMembers,
};
constexpr Shape kPlainString = {.name = "PlainString", .kind = ShapeKind::kString};
constexpr ShapeMember kSearchVectorsInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableArn, true},
    {"IndexName", &kPlainString, true},
    {"SearchVector", &kAttributeValueList, true},
    {"TopK", &kIntegerObject, true},
    {"SearchConditionExpression", &kPlainString},
    {"ProjectionExpression", &kProjectionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
};
constexpr Shape kSearchVectorsInput = {
    .name = "SearchVectorsInput",
    .kind = ShapeKind::kStructure,
    .members = kSearchVectorsInputMembers,
};
constexpr std::string_view kBulkInputFormatValues[] = {"DYNAMODB_JSON", "ION"};
constexpr Shape kBulkInputFormat = {
    .name = "BulkInputFormat",
    .kind = ShapeKind::kString,
    .values = kBulkInputFormatValues,
};
constexpr ShapeMember kInputS3ConfigurationMembers[] = {
    {"S3Bucket", &kS3Bucket, true},
    {"InputFormat", &kBulkInputFormat, true},
    {"S3BucketOwner", &kS3BucketOwner},
    {"S3KeyPrefix", &kS3Prefix},
    {"InputCompressionType", &kInputCompressionType},
};
constexpr Shape kInputS3Configuration = {
    .name = "InputS3Configuration",
    .kind = ShapeKind::kStructure,
    .members = kInputS3ConfigurationMembers,
};
constexpr std::string_view kOutputTypeValues[] = {"ERROR", "CONDITION_CHECK_FAILURE"};
constexpr Shape kOutputType = {.name = "OutputType", .kind = ShapeKind::kString, .values = kOutputTypeValues};
constexpr Shape kOutputTypeList = {
    .name = "OutputTypeList",
    .kind = ShapeKind::kList,
    .element = &kOutputType,
};
constexpr ShapeMember kOutputS3ConfigurationMembers[] = {
    {"OutputType", &kOutputTypeList, true},
    {"S3Bucket", &kS3Bucket},
    {"S3BucketOwner", &kS3BucketOwner},
    {"S3KeyPrefix", &kS3Prefix},
    {"S3SseAlgorithm", &kS3SseAlgorithm},
    {"S3SseKmsKeyId", &kS3SseKmsKeyId},
};
constexpr Shape kOutputS3Configuration = {
    .name = "OutputS3Configuration",
    .kind = ShapeKind::kStructure,
    .members = kOutputS3ConfigurationMembers,
};
constexpr Shape kBulkWriteRequestUnits = {
    .name = "BulkWriteRequestUnits",
    .kind = ShapeKind::kLong,
    .min = 1024,
};
constexpr std::string_view kPerformanceTierValues[] = {"STANDARD", "ACCELERATED"};
constexpr Shape kPerformanceTier = {
    .name = "PerformanceTier",
    .kind = ShapeKind::kString,
    .values = kPerformanceTierValues,
};
constexpr ShapeMember kStartBulkPutItemsInputMembers[] = {
    {"TableName", &kControlTableArn, true},
    {"InputS3Configuration", &kInputS3Configuration, true},
    {"OutputS3Configuration", &kOutputS3Configuration, true},
    {"ClientToken", &kClientToken},
    {"MaxWriteRequestUnits", &kBulkWriteRequestUnits},
    {"PerformanceTier", &kPerformanceTier},
};
constexpr Shape kStartBulkPutItemsInput = {
    .name = "StartBulkPutItemsInput",
    .kind = ShapeKind::kStructure,
    .members = kStartBulkPutItemsInputMembers,
};
constexpr ShapeMember kTagResourceInputMembers[] = {
    {"ResourceArn", &kResourceArnString, true},
    {"Tags", &kTagList, true},
};
constexpr Shape kTagResourceInput = {
    .name = "TagResourceInput",
    .kind = ShapeKind::kStructure,
    .members = kTagResourceInputMembers,
};
constexpr ShapeMember kGetMembers[] = {
    {"Key", &kKey, true},
    {"TableName", &kTableArn, true},
    {"ProjectionExpression", &kProjectionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
};
constexpr Shape kGet = {.name = "Get", .kind = ShapeKind::kStructure, .members = kGetMembers};
constexpr ShapeMember kTransactGetItemMembers[] = {
    {"Get", &kGet, true},
};
constexpr Shape kTransactGetItem = {
    .name = "TransactGetItem",
    .kind = ShapeKind::kStructure,
    .members = kTransactGetItemMembers,
};
constexpr Shape kTransactGetItemList = {
    .name = "TransactGetItemList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 100,
    .element = &kTransactGetItem,
};
constexpr ShapeMember kTransactGetItemsInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TransactItems", &kTransactGetItemList, true},
};
constexpr Shape kTransactGetItemsInput = {
    .name = "TransactGetItemsInput",
    .kind = ShapeKind::kStructure,
    .members = kTransactGetItemsInputMembers,
};
constexpr ShapeMember kConditionCheckMembers[] = {
    {"Key", &kKey, true},
    {"TableName", &kTableArn, true},
    {"ConditionExpression", &kConditionExpression, true},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kConditionCheck = {
    .name = "ConditionCheck",
    .kind = ShapeKind::kStructure,
    .members = kConditionCheckMembers,
};
constexpr ShapeMember kPutMembers[] = {
    {"Item", &kPutItemInputAttributeMap, true},
    {"TableName", &kTableArn, true},
    {"ConditionExpression", &kConditionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kPut = {.name = "Put", .kind = ShapeKind::kStructure, .members = kPutMembers};
constexpr ShapeMember kDeleteMembers[] = {
    {"Key", &kKey, true},
    {"TableName", &kTableArn, true},
    {"ConditionExpression", &kConditionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kDelete = {.name = "Delete", .kind = ShapeKind::kStructure, .members = kDeleteMembers};
constexpr Shape kUpdateExpression = {.name = "UpdateExpression", .kind = ShapeKind::kString};
constexpr ShapeMember kUpdateMembers[] = {
    {"Key", &kKey, true},
    {"UpdateExpression", &kUpdateExpression, true},
    {"TableName", &kTableArn, true},
    {"ConditionExpression", &kConditionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kUpdate = {.name = "Update", .kind = ShapeKind::kStructure, .members = kUpdateMembers};
constexpr ShapeMember kTransactWriteItemMembers[] = {
    {"ConditionCheck", &kConditionCheck},
    {"Put", &kPut},
    {"Delete", &kDelete},
    {"Update", &kUpdate},
};
constexpr Shape kTransactWriteItem = {
    .name = "TransactWriteItem",
    .kind = ShapeKind::kStructure,
    .members = kTransactWriteItemMembers,
};
constexpr Shape kTransactWriteItemList = {
    .name = "TransactWriteItemList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 100,
    .element = &kTransactWriteItem,
};
constexpr ShapeMember kTransactWriteItemsInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TransactItems", &kTransactWriteItemList, true},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ClientRequestToken", &kClientRequestToken},
};
constexpr Shape kTransactWriteItemsInput = {
    .name = "TransactWriteItemsInput",
    .kind = ShapeKind::kStructure,
    .members = kTransactWriteItemsInputMembers,
};
constexpr Shape kTagKeyList = {.name = "TagKeyList", .kind = ShapeKind::kList, .element = &kTagKeyString};
constexpr ShapeMember kUntagResourceInputMembers[] = {
    {"ResourceArn", &kResourceArnString, true},
    {"TagKeys", &kTagKeyList, true},
};
constexpr Shape kUntagResourceInput = {
    .name = "UntagResourceInput",
    .kind = ShapeKind::kStructure,
    .members = kUntagResourceInputMembers,
};
constexpr Shape kRecoveryPeriodInDays = {
    .name = "RecoveryPeriodInDays",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 35,
};
constexpr ShapeMember kPointInTimeRecoverySpecificationMembers[] = {
    {"PointInTimeRecoveryEnabled", &kBooleanObject, true},
    {"RecoveryPeriodInDays", &kRecoveryPeriodInDays},
};
constexpr Shape kPointInTimeRecoverySpecification = {
    .name = "PointInTimeRecoverySpecification",
    .kind = ShapeKind::kStructure,
    .members = kPointInTimeRecoverySpecificationMembers,
};
constexpr ShapeMember kUpdateContinuousBackupsInputMembers[] = {
    {"TableName", &kControlTableArn, true},
    {"PointInTimeRecoverySpecification", &kPointInTimeRecoverySpecification, true},
};
constexpr Shape kUpdateContinuousBackupsInput = {
    .name = "UpdateContinuousBackupsInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateContinuousBackupsInputMembers,
};
constexpr std::string_view kContributorInsightsActionValues[] = {"ENABLE", "DISABLE"};
constexpr Shape kContributorInsightsAction = {
    .name = "ContributorInsightsAction",
    .kind = ShapeKind::kString,
    .values = kContributorInsightsActionValues,
};
constexpr std::string_view kContributorInsightsModeValues[] = {"ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"};
constexpr Shape kContributorInsightsMode = {
    .name = "ContributorInsightsMode",
    .kind = ShapeKind::kString,
    .values = kContributorInsightsModeValues,
};
constexpr ShapeMember kUpdateContributorInsightsInputMembers[] = {
    {"TableName", &kControlTableArn, true},
    {"IndexName", &kIndexName},
    {"ContributorInsightsAction", &kContributorInsightsAction, true},
    {"ContributorInsightsMode", &kContributorInsightsMode},
};
constexpr Shape kUpdateContributorInsightsInput = {
    .name = "UpdateContributorInsightsInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateContributorInsightsInputMembers,
};
constexpr ShapeMember kCreateReplicaActionMembers[] = {
    {"RegionName", &kRegionName, true},
};
constexpr Shape kCreateReplicaAction = {
    .name = "CreateReplicaAction",
    .kind = ShapeKind::kStructure,
    .members = kCreateReplicaActionMembers,
};
constexpr ShapeMember kDeleteReplicaActionMembers[] = {
    {"RegionName", &kRegionName, true},
};
constexpr Shape kDeleteReplicaAction = {
    .name = "DeleteReplicaAction",
    .kind = ShapeKind::kStructure,
    .members = kDeleteReplicaActionMembers,
};
constexpr ShapeMember kReplicaUpdateMembers[] = {
    {"Create", &kCreateReplicaAction},
    {"Delete", &kDeleteReplicaAction},
};
constexpr Shape kReplicaUpdate = {
    .name = "ReplicaUpdate",
    .kind = ShapeKind::kStructure,
    .members = kReplicaUpdateMembers,
};
constexpr Shape kReplicaUpdateList = {
    .name = "ReplicaUpdateList",
    .kind = ShapeKind::kList,
    .element = &kReplicaUpdate,
};
constexpr ShapeMember kUpdateGlobalTableInputMembers[] = {
    {"GlobalTableName", &kTableName, true},
    {"ReplicaUpdates", &kReplicaUpdateList, true},
};
constexpr Shape kUpdateGlobalTableInput = {
    .name = "UpdateGlobalTableInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateGlobalTableInputMembers,
};
constexpr Shape kAutoScalingRoleArn = {
    .name = "AutoScalingRoleArn",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 1600,
    .pattern = "[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*",
    .matches = patterns::RoleArn,
};
constexpr Shape kAutoScalingPolicyName = {
    .name = "AutoScalingPolicyName",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 256,
    .pattern = "\\p{Print}+",
    .matches = patterns::Printable,
};
constexpr Shape kDoubleObject = {.name = "DoubleObject", .kind = ShapeKind::kDouble};
constexpr ShapeMember kAutoScalingTargetTrackingScalingPolicyConfigurationUpdateMembers[] = {
    {"DisableScaleIn", &kBooleanObject},
    {"ScaleInCooldown", &kIntegerObject},
    {"ScaleOutCooldown", &kIntegerObject},
    {"TargetValue", &kDoubleObject, true},
};
constexpr Shape kAutoScalingTargetTrackingScalingPolicyConfigurationUpdate = {
    .name = "AutoScalingTargetTrackingScalingPolicyConfigurationUpdate",
    .kind = ShapeKind::kStructure,
    .members = kAutoScalingTargetTrackingScalingPolicyConfigurationUpdateMembers,
};
constexpr ShapeMember kAutoScalingPolicyUpdateMembers[] = {
    {"PolicyName", &kAutoScalingPolicyName},
    {"TargetTrackingScalingPolicyConfiguration", &kAutoScalingTargetTrackingScalingPolicyConfigurationUpdate, true},
};
constexpr Shape kAutoScalingPolicyUpdate = {
    .name = "AutoScalingPolicyUpdate",
    .kind = ShapeKind::kStructure,
    .members = kAutoScalingPolicyUpdateMembers,
};
constexpr ShapeMember kAutoScalingSettingsUpdateMembers[] = {
    {"MinimumUnits", &kPositiveLongObject},
    {"MaximumUnits", &kPositiveLongObject},
    {"AutoScalingDisabled", &kBooleanObject},
    {"AutoScalingRoleArn", &kAutoScalingRoleArn},
    {"ScalingPolicyUpdate", &kAutoScalingPolicyUpdate},
};
constexpr Shape kAutoScalingSettingsUpdate = {
    .name = "AutoScalingSettingsUpdate",
    .kind = ShapeKind::kStructure,
    .members = kAutoScalingSettingsUpdateMembers,
};
constexpr ShapeMember kGlobalTableGlobalSecondaryIndexSettingsUpdateMembers[] = {
    {"IndexName", &kIndexName, true},
    {"ProvisionedWriteCapacityUnits", &kPositiveLongObject},
    {"ProvisionedWriteCapacityAutoScalingSettingsUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kGlobalTableGlobalSecondaryIndexSettingsUpdate = {
    .name = "GlobalTableGlobalSecondaryIndexSettingsUpdate",
    .kind = ShapeKind::kStructure,
    .members = kGlobalTableGlobalSecondaryIndexSettingsUpdateMembers,
};
constexpr Shape kGlobalTableGlobalSecondaryIndexSettingsUpdateList = {
    .name = "GlobalTableGlobalSecondaryIndexSettingsUpdateList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 20,
    .element = &kGlobalTableGlobalSecondaryIndexSettingsUpdate,
};
constexpr ShapeMember kReplicaGlobalSecondaryIndexSettingsUpdateMembers[] = {
    {"IndexName", &kIndexName, true},
    {"ProvisionedReadCapacityUnits", &kPositiveLongObject},
    {"ProvisionedReadCapacityAutoScalingSettingsUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kReplicaGlobalSecondaryIndexSettingsUpdate = {
    .name = "ReplicaGlobalSecondaryIndexSettingsUpdate",
    .kind = ShapeKind::kStructure,
    .members = kReplicaGlobalSecondaryIndexSettingsUpdateMembers,
};
constexpr Shape kReplicaGlobalSecondaryIndexSettingsUpdateList = {
    .name = "ReplicaGlobalSecondaryIndexSettingsUpdateList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 20,
    .element = &kReplicaGlobalSecondaryIndexSettingsUpdate,
};
constexpr ShapeMember kReplicaSettingsUpdateMembers[] = {
    {"RegionName", &kRegionName, true},
    {"ReplicaProvisionedReadCapacityUnits", &kPositiveLongObject},
    {"ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate", &kAutoScalingSettingsUpdate},
    {"ReplicaGlobalSecondaryIndexSettingsUpdate", &kReplicaGlobalSecondaryIndexSettingsUpdateList},
    {"ReplicaTableClass", &kTableClass},
};
constexpr Shape kReplicaSettingsUpdate = {
    .name = "ReplicaSettingsUpdate",
    .kind = ShapeKind::kStructure,
    .members = kReplicaSettingsUpdateMembers,
};
constexpr Shape kReplicaSettingsUpdateList = {
    .name = "ReplicaSettingsUpdateList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 50,
    .element = &kReplicaSettingsUpdate,
};
constexpr ShapeMember kUpdateGlobalTableSettingsInputMembers[] = {
    {"GlobalTableName", &kTableName, true},
    {"GlobalTableBillingMode", &kBillingMode},
    {"GlobalTableProvisionedWriteCapacityUnits", &kPositiveLongObject},
    {"GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate", &kAutoScalingSettingsUpdate},
    {"GlobalTableGlobalSecondaryIndexSettingsUpdate", &kGlobalTableGlobalSecondaryIndexSettingsUpdateList},
    {"ReplicaSettingsUpdate", &kReplicaSettingsUpdateList},
};
constexpr Shape kUpdateGlobalTableSettingsInput = {
    .name = "UpdateGlobalTableSettingsInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateGlobalTableSettingsInputMembers,
};
constexpr std::string_view kAttributeActionValues[] = {"ADD", "PUT", "DELETE"};
constexpr Shape kAttributeAction = {
    .name = "AttributeAction",
    .kind = ShapeKind::kString,
    .values = kAttributeActionValues,
};
constexpr ShapeMember kAttributeValueUpdateMembers[] = {
    {"Value", &kAttributeValue},
    {"Action", &kAttributeAction},
};
constexpr Shape kAttributeValueUpdate = {
    .name = "AttributeValueUpdate",
    .kind = ShapeKind::kStructure,
    .members = kAttributeValueUpdateMembers,
};
constexpr Shape kAttributeUpdates = {
    .name = "AttributeUpdates",
    .kind = ShapeKind::kMap,
    .key = &kAttributeName,
    .element = &kAttributeValueUpdate,
};
constexpr ShapeMember kUpdateItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableArn, true},
    {"Key", &kKey, true},
    {"AttributeUpdates", &kAttributeUpdates},
    {"Expected", &kExpectedAttributeMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"ReturnValues", &kReturnValue},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"UpdateExpression", &kUpdateExpression},
    {"ConditionExpression", &kConditionExpression},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kExpressionAttributeValueMap},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kUpdateItemInput = {
    .name = "UpdateItemInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateItemInputMembers,
};
constexpr ShapeMember kUpdateKinesisStreamingConfigurationMembers[] = {
    {"ApproximateCreationDateTimePrecision", &kApproximateCreationDateTimePrecision},
};
constexpr Shape kUpdateKinesisStreamingConfiguration = {
    .name = "UpdateKinesisStreamingConfiguration",
    .kind = ShapeKind::kStructure,
    .members = kUpdateKinesisStreamingConfigurationMembers,
};
constexpr ShapeMember kUpdateKinesisStreamingDestinationInputMembers[] = {
    {"TableName", &kControlTableArn, true},
    {"StreamArn", &kStreamArn, true},
    {"UpdateKinesisStreamingConfiguration", &kUpdateKinesisStreamingConfiguration},
};
constexpr Shape kUpdateKinesisStreamingDestinationInput = {
    .name = "UpdateKinesisStreamingDestinationInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateKinesisStreamingDestinationInputMembers,
};
constexpr ShapeMember kUpdateGlobalSecondaryIndexActionMembers[] = {
    {"IndexName", &kIndexName, true},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"WarmThroughput", &kWarmThroughput},
};
constexpr Shape kUpdateGlobalSecondaryIndexAction = {
    .name = "UpdateGlobalSecondaryIndexAction",
    .kind = ShapeKind::kStructure,
    .members = kUpdateGlobalSecondaryIndexActionMembers,
};
constexpr ShapeMember kCreateGlobalSecondaryIndexActionMembers[] = {
    {"IndexName", &kIndexName, true},
    {"KeySchema", &kEightKeySchema, true},
    {"Projection", &kProjection, true},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"WarmThroughput", &kWarmThroughput},
};
constexpr Shape kCreateGlobalSecondaryIndexAction = {
    .name = "CreateGlobalSecondaryIndexAction",
    .kind = ShapeKind::kStructure,
    .members = kCreateGlobalSecondaryIndexActionMembers,
};
constexpr ShapeMember kDeleteGlobalSecondaryIndexActionMembers[] = {
    {"IndexName", &kIndexName, true},
};
constexpr Shape kDeleteGlobalSecondaryIndexAction = {
    .name = "DeleteGlobalSecondaryIndexAction",
    .kind = ShapeKind::kStructure,
    .members = kDeleteGlobalSecondaryIndexActionMembers,
};
constexpr ShapeMember kGlobalSecondaryIndexUpdateMembers[] = {
    {"Update", &kUpdateGlobalSecondaryIndexAction},
    {"Create", &kCreateGlobalSecondaryIndexAction},
    {"Delete", &kDeleteGlobalSecondaryIndexAction},
};
constexpr Shape kGlobalSecondaryIndexUpdate = {
    .name = "GlobalSecondaryIndexUpdate",
    .kind = ShapeKind::kStructure,
    .members = kGlobalSecondaryIndexUpdateMembers,
};
constexpr Shape kGlobalSecondaryIndexUpdateList = {
    .name = "GlobalSecondaryIndexUpdateList",
    .kind = ShapeKind::kList,
    .element = &kGlobalSecondaryIndexUpdate,
};
constexpr ShapeMember kProvisionedThroughputOverrideMembers[] = {
    {"ReadCapacityUnits", &kPositiveLongObject},
};
constexpr Shape kProvisionedThroughputOverride = {
    .name = "ProvisionedThroughputOverride",
    .kind = ShapeKind::kStructure,
    .members = kProvisionedThroughputOverrideMembers,
};
constexpr ShapeMember kOnDemandThroughputOverrideMembers[] = {
    {"MaxReadRequestUnits", &kLongObject},
};
constexpr Shape kOnDemandThroughputOverride = {
    .name = "OnDemandThroughputOverride",
    .kind = ShapeKind::kStructure,
    .members = kOnDemandThroughputOverrideMembers,
};
constexpr ShapeMember kReplicaGlobalSecondaryIndexMembers[] = {
    {"IndexName", &kIndexName, true},
    {"ProvisionedThroughputOverride", &kProvisionedThroughputOverride},
    {"OnDemandThroughputOverride", &kOnDemandThroughputOverride},
};
constexpr Shape kReplicaGlobalSecondaryIndex = {
    .name = "ReplicaGlobalSecondaryIndex",
    .kind = ShapeKind::kStructure,
    .members = kReplicaGlobalSecondaryIndexMembers,
};
constexpr Shape kReplicaGlobalSecondaryIndexList = {
    .name = "ReplicaGlobalSecondaryIndexList",
    .kind = ShapeKind::kList,
    .min = 1,
    .element = &kReplicaGlobalSecondaryIndex,
};
constexpr ShapeMember kCreateReplicationGroupMemberActionMembers[] = {
    {"RegionName", &kRegionName, true},
    {"KMSMasterKeyId", &kKMSMasterKeyId},
    {"ProvisionedThroughputOverride", &kProvisionedThroughputOverride},
    {"OnDemandThroughputOverride", &kOnDemandThroughputOverride},
    {"GlobalSecondaryIndexes", &kReplicaGlobalSecondaryIndexList},
    {"TableClassOverride", &kTableClass},
};
constexpr Shape kCreateReplicationGroupMemberAction = {
    .name = "CreateReplicationGroupMemberAction",
    .kind = ShapeKind::kStructure,
    .members = kCreateReplicationGroupMemberActionMembers,
};
constexpr ShapeMember kUpdateReplicationGroupMemberActionMembers[] = {
    {"RegionName", &kRegionName, true},
    {"KMSMasterKeyId", &kKMSMasterKeyId},
    {"ProvisionedThroughputOverride", &kProvisionedThroughputOverride},
    {"OnDemandThroughputOverride", &kOnDemandThroughputOverride},
    {"GlobalSecondaryIndexes", &kReplicaGlobalSecondaryIndexList},
    {"TableClassOverride", &kTableClass},
};
constexpr Shape kUpdateReplicationGroupMemberAction = {
    .name = "UpdateReplicationGroupMemberAction",
    .kind = ShapeKind::kStructure,
    .members = kUpdateReplicationGroupMemberActionMembers,
};
constexpr ShapeMember kDeleteReplicationGroupMemberActionMembers[] = {
    {"RegionName", &kRegionName, true},
};
constexpr Shape kDeleteReplicationGroupMemberAction = {
    .name = "DeleteReplicationGroupMemberAction",
    .kind = ShapeKind::kStructure,
    .members = kDeleteReplicationGroupMemberActionMembers,
};
constexpr std::string_view kDisassociationModeValues[] = {"WAIT_FOR_REPLICATION"};
constexpr Shape kDisassociationMode = {
    .name = "DisassociationMode",
    .kind = ShapeKind::kString,
    .values = kDisassociationModeValues,
};
constexpr ShapeMember kDisassociateReplicationGroupMemberActionMembers[] = {
    {"RegionName", &kRegionName, true},
    {"DisassociationMode", &kDisassociationMode, true},
};
constexpr Shape kDisassociateReplicationGroupMemberAction = {
    .name = "DisassociateReplicationGroupMemberAction",
    .kind = ShapeKind::kStructure,
    .members = kDisassociateReplicationGroupMemberActionMembers,
};
constexpr ShapeMember kReplicationGroupUpdateMembers[] = {
    {"Create", &kCreateReplicationGroupMemberAction},
    {"Update", &kUpdateReplicationGroupMemberAction},
    {"Delete", &kDeleteReplicationGroupMemberAction},
    {"Disassociate", &kDisassociateReplicationGroupMemberAction},
};
constexpr Shape kReplicationGroupUpdate = {
    .name = "ReplicationGroupUpdate",
    .kind = ShapeKind::kStructure,
    .members = kReplicationGroupUpdateMembers,
};
constexpr Shape kReplicationGroupUpdateList = {
    .name = "ReplicationGroupUpdateList",
    .kind = ShapeKind::kList,
    .min = 1,
    .element = &kReplicationGroupUpdate,
};
constexpr std::string_view kMultiRegionConsistencyValues[] = {"EVENTUAL", "STRONG"};
constexpr Shape kMultiRegionConsistency = {
    .name = "MultiRegionConsistency",
    .kind = ShapeKind::kString,
    .values = kMultiRegionConsistencyValues,
};
constexpr ShapeMember kCreateGlobalTableWitnessGroupMemberActionMembers[] = {
    {"RegionName", &kRegionName, true},
};
constexpr Shape kCreateGlobalTableWitnessGroupMemberAction = {
    .name = "CreateGlobalTableWitnessGroupMemberAction",
    .kind = ShapeKind::kStructure,
    .members = kCreateGlobalTableWitnessGroupMemberActionMembers,
};
constexpr ShapeMember kDeleteGlobalTableWitnessGroupMemberActionMembers[] = {
    {"RegionName", &kRegionName, true},
};
constexpr Shape kDeleteGlobalTableWitnessGroupMemberAction = {
    .name = "DeleteGlobalTableWitnessGroupMemberAction",
    .kind = ShapeKind::kStructure,
    .members = kDeleteGlobalTableWitnessGroupMemberActionMembers,
};
constexpr ShapeMember kGlobalTableWitnessGroupUpdateMembers[] = {
    {"Create", &kCreateGlobalTableWitnessGroupMemberAction},
    {"Delete", &kDeleteGlobalTableWitnessGroupMemberAction},
};
constexpr Shape kGlobalTableWitnessGroupUpdate = {
    .name = "GlobalTableWitnessGroupUpdate",
    .kind = ShapeKind::kStructure,
    .members = kGlobalTableWitnessGroupUpdateMembers,
};
constexpr Shape kGlobalTableWitnessGroupUpdateList = {
    .name = "GlobalTableWitnessGroupUpdateList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 1,
    .element = &kGlobalTableWitnessGroupUpdate,
};
constexpr ShapeMember kDeleteVectorIndexActionMembers[] = {
    {"IndexName", &kIndexName, true},
};
constexpr Shape kDeleteVectorIndexAction = {
    .name = "DeleteVectorIndexAction",
    .kind = ShapeKind::kStructure,
    .members = kDeleteVectorIndexActionMembers,
};
constexpr ShapeMember kVectorIndexUpdateMembers[] = {
    {"Create", &kVectorIndex},
    {"Delete", &kDeleteVectorIndexAction},
};
constexpr Shape kVectorIndexUpdate = {
    .name = "VectorIndexUpdate",
    .kind = ShapeKind::kStructure,
    .members = kVectorIndexUpdateMembers,
};
constexpr Shape kVectorIndexUpdateList = {
    .name = "VectorIndexUpdateList",
    .kind = ShapeKind::kList,
    .element = &kVectorIndexUpdate,
};
constexpr ShapeMember kUpdateTableInputMembers[] = {
    {"AttributeDefinitions", &kAttributeDefinitions},
    {"TableName", &kControlTableArn, true},
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"GlobalSecondaryIndexUpdates", &kGlobalSecondaryIndexUpdateList},
    {"StreamSpecification", &kStreamSpecification},
    {"SSESpecification", &kSSESpecification},
    {"ReplicaUpdates", &kReplicationGroupUpdateList},
    {"TableClass", &kTableClass},
    {"DeletionProtectionEnabled", &kDeletionProtectionEnabled},
    {"MultiRegionConsistency", &kMultiRegionConsistency},
    {"GlobalTableWitnessUpdates", &kGlobalTableWitnessGroupUpdateList},
    {"OnDemandThroughput", &kOnDemandThroughput},
    {"WarmThroughput", &kWarmThroughput},
    {"GlobalTableSettingsReplicationMode", &kGlobalTableSettingsReplicationMode},
    {"VectorIndexUpdates", &kVectorIndexUpdateList},
    {"DisassociationProtectionEnabled", &kBooleanObject},
};
constexpr Shape kUpdateTableInput = {
    .name = "UpdateTableInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateTableInputMembers,
};
constexpr ShapeMember kGlobalSecondaryIndexAutoScalingUpdateMembers[] = {
    {"IndexName", &kIndexName},
    {"ProvisionedWriteCapacityAutoScalingUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kGlobalSecondaryIndexAutoScalingUpdate = {
    .name = "GlobalSecondaryIndexAutoScalingUpdate",
    .kind = ShapeKind::kStructure,
    .members = kGlobalSecondaryIndexAutoScalingUpdateMembers,
};
constexpr Shape kGlobalSecondaryIndexAutoScalingUpdateList = {
    .name = "GlobalSecondaryIndexAutoScalingUpdateList",
    .kind = ShapeKind::kList,
    .min = 1,
    .element = &kGlobalSecondaryIndexAutoScalingUpdate,
};
constexpr ShapeMember kReplicaGlobalSecondaryIndexAutoScalingUpdateMembers[] = {
    {"IndexName", &kIndexName},
    {"ProvisionedReadCapacityAutoScalingUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kReplicaGlobalSecondaryIndexAutoScalingUpdate = {
    .name = "ReplicaGlobalSecondaryIndexAutoScalingUpdate",
    .kind = ShapeKind::kStructure,
    .members = kReplicaGlobalSecondaryIndexAutoScalingUpdateMembers,
};
constexpr Shape kReplicaGlobalSecondaryIndexAutoScalingUpdateList = {
    .name = "ReplicaGlobalSecondaryIndexAutoScalingUpdateList",
    .kind = ShapeKind::kList,
    .element = &kReplicaGlobalSecondaryIndexAutoScalingUpdate,
};
constexpr ShapeMember kReplicaAutoScalingUpdateMembers[] = {
    {"RegionName", &kRegionName, true},
    {"ReplicaGlobalSecondaryIndexUpdates", &kReplicaGlobalSecondaryIndexAutoScalingUpdateList},
    {"ReplicaProvisionedReadCapacityAutoScalingUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kReplicaAutoScalingUpdate = {
    .name = "ReplicaAutoScalingUpdate",
    .kind = ShapeKind::kStructure,
    .members = kReplicaAutoScalingUpdateMembers,
};
constexpr Shape kReplicaAutoScalingUpdateList = {
    .name = "ReplicaAutoScalingUpdateList",
    .kind = ShapeKind::kList,
    .min = 1,
    .element = &kReplicaAutoScalingUpdate,
};
constexpr ShapeMember kUpdateTableReplicaAutoScalingInputMembers[] = {
    {"GlobalSecondaryIndexUpdates", &kGlobalSecondaryIndexAutoScalingUpdateList},
    {"TableName", &kControlTableArn, true},
    {"ProvisionedWriteCapacityAutoScalingUpdate", &kAutoScalingSettingsUpdate},
    {"ReplicaUpdates", &kReplicaAutoScalingUpdateList},
};
constexpr Shape kUpdateTableReplicaAutoScalingInput = {
    .name = "UpdateTableReplicaAutoScalingInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateTableReplicaAutoScalingInputMembers,
};
constexpr Shape kTimeToLiveEnabled = {.name = "TimeToLiveEnabled", .kind = ShapeKind::kBoolean};
constexpr Shape kTimeToLiveAttributeName = {
    .name = "TimeToLiveAttributeName",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 255,
};
constexpr ShapeMember kTimeToLiveSpecificationMembers[] = {
    {"Enabled", &kTimeToLiveEnabled, true},
    {"AttributeName", &kTimeToLiveAttributeName, true},
};
constexpr Shape kTimeToLiveSpecification = {
    .name = "TimeToLiveSpecification",
    .kind = ShapeKind::kStructure,
    .members = kTimeToLiveSpecificationMembers,
};
constexpr ShapeMember kUpdateTimeToLiveInputMembers[] = {
    {"TableName", &kControlTableArn, true},
    {"TimeToLiveSpecification", &kTimeToLiveSpecification, true},
};
constexpr Shape kUpdateTimeToLiveInput = {
    .name = "UpdateTimeToLiveInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateTimeToLiveInputMembers,
};

}  // namespace dynamodb

namespace dynamodbstreams {

constexpr Shape kStreamArn = {.name = "StreamArn", .kind = ShapeKind::kString, .min = 37, .max = 1024};
constexpr Shape kDescribeStreamLimit = {
    .name = "DescribeStreamLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 100,
};
constexpr Shape kShardId = {.name = "ShardId", .kind = ShapeKind::kString, .min = 28, .max = 65};
constexpr std::string_view kShardFilterTypeValues[] = {"CHILD_SHARDS"};
constexpr Shape kShardFilterType = {
    .name = "ShardFilterType",
    .kind = ShapeKind::kString,
    .values = kShardFilterTypeValues,
};
constexpr ShapeMember kShardFilterMembers[] = {
    {"Type", &kShardFilterType},
    {"ShardId", &kShardId},
};
constexpr Shape kShardFilter = {
    .name = "ShardFilter",
    .kind = ShapeKind::kStructure,
    .members = kShardFilterMembers,
};
constexpr ShapeMember kDescribeStreamInputMembers[] = {
    {"StreamArn", &kStreamArn, true},
    {"Limit", &kDescribeStreamLimit},
    {"ExclusiveStartShardId", &kShardId},
    {"ShardFilter", &kShardFilter},
};
constexpr Shape kDescribeStreamInput = {
    .name = "DescribeStreamInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeStreamInputMembers,
};
constexpr Shape kShardIterator = {.name = "ShardIterator", .kind = ShapeKind::kString, .min = 1, .max = 2048};
constexpr Shape kGetRecordsLimit = {
    .name = "GetRecordsLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 1000,
};
constexpr ShapeMember kGetRecordsInputMembers[] = {
    {"ShardIterator", &kShardIterator, true},
    {"Limit", &kGetRecordsLimit},
};
constexpr Shape kGetRecordsInput = {
    .name = "GetRecordsInput",
    .kind = ShapeKind::kStructure,
    .members = kGetRecordsInputMembers,
};
constexpr std::string_view kShardIteratorTypeValues[] = {"TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"};
constexpr Shape kShardIteratorType = {
    .name = "ShardIteratorType",
    .kind = ShapeKind::kString,
    .values = kShardIteratorTypeValues,
};
constexpr Shape kSequenceNumber = {
    .name = "SequenceNumber",
    .kind = ShapeKind::kString,
    .min = 21,
    .max = 40,
};
constexpr ShapeMember kGetShardIteratorInputMembers[] = {
    {"StreamArn", &kStreamArn, true},
    {"ShardId", &kShardId, true},
    {"ShardIteratorType", &kShardIteratorType, true},
    {"SequenceNumber", &kSequenceNumber},
};
constexpr Shape kGetShardIteratorInput = {
    .name = "GetShardIteratorInput",
    .kind = ShapeKind::kStructure,
    .members = kGetShardIteratorInputMembers,
};
constexpr Shape kTableName = {
    .name = "TableName",
    .kind = ShapeKind::kString,
    .min = 3,
    .max = 255,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
};
constexpr Shape kListStreamsLimit = {
    .name = "ListStreamsLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 100,
};
constexpr ShapeMember kListStreamsInputMembers[] = {
    {"TableName", &kTableName},
    {"Limit", &kListStreamsLimit},
    {"ExclusiveStartStreamArn", &kStreamArn},
};
constexpr Shape kListStreamsInput = {
    .name = "ListStreamsInput",
    .kind = ShapeKind::kStructure,
    .members = kListStreamsInputMembers,
};

}  // namespace dynamodbstreams

namespace kinesis {

constexpr Shape kStreamName = {
    .name = "StreamName",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 128,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
};
constexpr Shape kTagKey = {.name = "TagKey", .kind = ShapeKind::kString, .min = 1, .max = 128};
constexpr Shape kTagValue = {.name = "TagValue", .kind = ShapeKind::kString, .min = 0, .max = 256};
constexpr Shape kTagMap = {
    .name = "TagMap",
    .kind = ShapeKind::kMap,
    .min = 1,
    .max = 200,
    .key = &kTagKey,
    .element = &kTagValue,
};
constexpr Shape kStreamARN = {
    .name = "StreamARN",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 2048,
    .pattern = "arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+",
    .matches = patterns::KinesisStreamArn,
};
constexpr Shape kStreamId = {
    .name = "StreamId",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 24,
    .pattern = "[a-z0-9]{20}-[a-z0-9]{3}",
    .matches = patterns::KinesisStreamId,
};
constexpr ShapeMember kAddTagsToStreamInputMembers[] = {
    {"StreamName", &kStreamName},
    {"Tags", &kTagMap, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kAddTagsToStreamInput = {
    .name = "AddTagsToStreamInput",
    .kind = ShapeKind::kStructure,
    .members = kAddTagsToStreamInputMembers,
};
constexpr Shape kPositiveIntegerObject = {
    .name = "PositiveIntegerObject",
    .kind = ShapeKind::kInteger,
    .min = 1,
};
constexpr std::string_view kStreamModeValues[] = {"PROVISIONED", "ON_DEMAND"};
constexpr Shape kStreamMode = {.name = "StreamMode", .kind = ShapeKind::kString, .values = kStreamModeValues};
constexpr ShapeMember kStreamModeDetailsMembers[] = {
    {"StreamMode", &kStreamMode, true},
};
constexpr Shape kStreamModeDetails = {
    .name = "StreamModeDetails",
    .kind = ShapeKind::kStructure,
    .members = kStreamModeDetailsMembers,
};
constexpr Shape kNaturalIntegerObject = {
    .name = "NaturalIntegerObject",
    .kind = ShapeKind::kInteger,
    .min = 0,
};
constexpr Shape kMaxRecordSizeInKiB = {
    .name = "MaxRecordSizeInKiB",
    .kind = ShapeKind::kInteger,
    .min = 1024,
    .max = 10240,
};
constexpr ShapeMember kCreateStreamInputMembers[] = {
    {"StreamName", &kStreamName, true},
    {"ShardCount", &kPositiveIntegerObject},
    {"StreamModeDetails", &kStreamModeDetails},
    {"Tags", &kTagMap},
    {"WarmThroughputMiBps", &kNaturalIntegerObject},
    {"MaxRecordSizeInKiB", &kMaxRecordSizeInKiB},
};
constexpr Shape kCreateStreamInput = {
    .name = "CreateStreamInput",
    .kind = ShapeKind::kStructure,
    .members = kCreateStreamInputMembers,
};
constexpr Shape kRetentionPeriodHours = {.name = "RetentionPeriodHours", .kind = ShapeKind::kInteger};
constexpr ShapeMember kDecreaseStreamRetentionPeriodInputMembers[] = {
    {"StreamName", &kStreamName},
    {"RetentionPeriodHours", &kRetentionPeriodHours, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kDecreaseStreamRetentionPeriodInput = {
    .name = "DecreaseStreamRetentionPeriodInput",
    .kind = ShapeKind::kStructure,
    .members = kDecreaseStreamRetentionPeriodInputMembers,
};
constexpr Shape kResourceARN = {
    .name = "ResourceARN",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 2048,
    .pattern = "arn:aws.*:kinesis:.*:\\d{12}:.*stream/\\S+",
    .matches = patterns::KinesisResourceArn,
};
constexpr ShapeMember kDeleteResourcePolicyInputMembers[] = {
    {"ResourceARN", &kResourceARN, true},
    {"StreamId", &kStreamId},
};
constexpr Shape kDeleteResourcePolicyInput = {
    .name = "DeleteResourcePolicyInput",
    .kind = ShapeKind::kStructure,
    .members = kDeleteResourcePolicyInputMembers,
};
constexpr Shape kBooleanObject = {.name = "BooleanObject", .kind = ShapeKind::kBoolean};
constexpr ShapeMember kDeleteStreamInputMembers[] = {
    {"StreamName", &kStreamName},
    {"EnforceConsumerDeletion", &kBooleanObject},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kDeleteStreamInput = {
    .name = "DeleteStreamInput",
    .kind = ShapeKind::kStructure,
    .members = kDeleteStreamInputMembers,
};
constexpr Shape kConsumerName = {
    .name = "ConsumerName",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 128,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
};
constexpr Shape kConsumerARN = {
    .name = "ConsumerARN",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 2048,
    .pattern = "^(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+",
    .matches = patterns::KinesisConsumerArn,
};
constexpr ShapeMember kDeregisterStreamConsumerInputMembers[] = {
    {"StreamARN", &kStreamARN},
    {"ConsumerName", &kConsumerName},
    {"ConsumerARN", &kConsumerARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kDeregisterStreamConsumerInput = {
    .name = "DeregisterStreamConsumerInput",
    .kind = ShapeKind::kStructure,
    .members = kDeregisterStreamConsumerInputMembers,
};
constexpr Shape kDescribeAccountSettingsInput = {
    .name = "DescribeAccountSettingsInput",
    .kind = ShapeKind::kStructure,
};
constexpr Shape kDescribeLimitsInput = {.name = "DescribeLimitsInput", .kind = ShapeKind::kStructure};
constexpr Shape kDescribeStreamInputLimit = {
    .name = "DescribeStreamInputLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 10000,
};
constexpr Shape kShardId = {
    .name = "ShardId",
    .kind = ShapeKind::kString,
    .min = 1,
    .max = 128,
    .pattern = "[a-zA-Z0-9_.-]+",
    .matches = patterns::Name,
};
constexpr ShapeMember kDescribeStreamInputMembers[] = {
    {"StreamName", &kStreamName},
    {"Limit", &kDescribeStreamInputLimit},
    {"ExclusiveStartShardId", &kShardId},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kDescribeStreamInput = {
    .name = "DescribeStreamInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeStreamInputMembers,
};
constexpr ShapeMember kDescribeStreamConsumerInputMembers[] = {
    {"StreamARN", &kStreamARN},
    {"ConsumerName", &kConsumerName},
    {"ConsumerARN", &kConsumerARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kDescribeStreamConsumerInput = {
    .name = "DescribeStreamConsumerInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeStreamConsumerInputMembers,
};
constexpr ShapeMember kDescribeStreamSummaryInputMembers[] = {
    {"StreamName", &kStreamName},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kDescribeStreamSummaryInput = {
    .name = "DescribeStreamSummaryInput",
    .kind = ShapeKind::kStructure,
    .members = kDescribeStreamSummaryInputMembers,
};
constexpr std::string_view kMetricsNameValues[] = {"IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords", "WriteProvisionedThroughputExceeded", "ReadProvisionedThroughputExceeded", "IteratorAgeMilliseconds", "ALL"};
constexpr Shape kMetricsName = {
    .name = "MetricsName",
    .kind = ShapeKind::kString,
    .values = kMetricsNameValues,
};
constexpr Shape kMetricsNameList = {
    .name = "MetricsNameList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 7,
    .element = &kMetricsName,
};
constexpr ShapeMember kDisableEnhancedMonitoringInputMembers[] = {
    {"StreamName", &kStreamName},
    {"ShardLevelMetrics", &kMetricsNameList, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kDisableEnhancedMonitoringInput = {
    .name = "DisableEnhancedMonitoringInput",
    .kind = ShapeKind::kStructure,
    .members = kDisableEnhancedMonitoringInputMembers,
};
constexpr ShapeMember kEnableEnhancedMonitoringInputMembers[] = {
    {"StreamName", &kStreamName},
    {"ShardLevelMetrics", &kMetricsNameList, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kEnableEnhancedMonitoringInput = {
    .name = "EnableEnhancedMonitoringInput",
    .kind = ShapeKind::kStructure,
    .members = kEnableEnhancedMonitoringInputMembers,
};
constexpr Shape kShardIterator = {.name = "ShardIterator", .kind = ShapeKind::kString, .min = 1, .max = 512};
constexpr Shape kGetRecordsInputLimit = {
    .name = "GetRecordsInputLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 10000,
};
constexpr ShapeMember kGetRecordsInputMembers[] = {
    {"ShardIterator", &kShardIterator, true},
    {"Limit", &kGetRecordsInputLimit},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kGetRecordsInput = {
    .name = "GetRecordsInput",
    .kind = ShapeKind::kStructure,
    .members = kGetRecordsInputMembers,
};
constexpr ShapeMember kGetResourcePolicyInputMembers[] = {
    {"ResourceARN", &kResourceARN, true},
    {"StreamId", &kStreamId},
};
constexpr Shape kGetResourcePolicyInput = {
    .name = "GetResourcePolicyInput",
    .kind = ShapeKind::kStructure,
    .members = kGetResourcePolicyInputMembers,
};
constexpr std::string_view kShardIteratorTypeValues[] = {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"};
constexpr Shape kShardIteratorType = {
    .name = "ShardIteratorType",
    .kind = ShapeKind::kString,
    .values = kShardIteratorTypeValues,
};
constexpr Shape kSequenceNumber = {
    .name = "SequenceNumber",
    .kind = ShapeKind::kString,
    .pattern = "0|([1-9]\\d{0,128})",
    .matches = patterns::SequenceNumber,
};
constexpr Shape kTimestamp = {.name = "Timestamp", .kind = ShapeKind::kTimestamp};
constexpr ShapeMember kGetShardIteratorInputMembers[] = {
    {"StreamName", &kStreamName},
    {"ShardId", &kShardId, true},
    {"ShardIteratorType", &kShardIteratorType, true},
    {"StartingSequenceNumber", &kSequenceNumber},
    {"Timestamp", &kTimestamp},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kGetShardIteratorInput = {
    .name = "GetShardIteratorInput",
    .kind = ShapeKind::kStructure,
    .members = kGetShardIteratorInputMembers,
};
constexpr ShapeMember kIncreaseStreamRetentionPeriodInputMembers[] = {
    {"StreamName", &kStreamName},
    {"RetentionPeriodHours", &kRetentionPeriodHours, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kIncreaseStreamRetentionPeriodInput = {
    .name = "IncreaseStreamRetentionPeriodInput",
    .kind = ShapeKind::kStructure,
    .members = kIncreaseStreamRetentionPeriodInputMembers,
};
constexpr Shape kNextToken = {.name = "NextToken", .kind = ShapeKind::kString, .min = 1, .max = 1048576};
constexpr Shape kListShardsInputLimit = {
    .name = "ListShardsInputLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 10000,
};
constexpr std::string_view kShardFilterTypeValues[] = {"AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP"};
constexpr Shape kShardFilterType = {
    .name = "ShardFilterType",
    .kind = ShapeKind::kString,
    .values = kShardFilterTypeValues,
};
constexpr ShapeMember kShardFilterMembers[] = {
    {"Type", &kShardFilterType, true},
    {"ShardId", &kShardId},
    {"Timestamp", &kTimestamp},
};
constexpr Shape kShardFilter = {
    .name = "ShardFilter",
    .kind = ShapeKind::kStructure,
    .members = kShardFilterMembers,
};
constexpr ShapeMember kListShardsInputMembers[] = {
    {"StreamName", &kStreamName},
    {"NextToken", &kNextToken},
    {"ExclusiveStartShardId", &kShardId},
    {"MaxResults", &kListShardsInputLimit},
    {"StreamCreationTimestamp", &kTimestamp},
    {"ShardFilter", &kShardFilter},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kListShardsInput = {
    .name = "ListShardsInput",
    .kind = ShapeKind::kStructure,
    .members = kListShardsInputMembers,
};
constexpr Shape kListStreamConsumersInputLimit = {
    .name = "ListStreamConsumersInputLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 10000,
};
constexpr ShapeMember kListStreamConsumersInputMembers[] = {
    {"StreamARN", &kStreamARN, true},
    {"NextToken", &kNextToken},
    {"MaxResults", &kListStreamConsumersInputLimit},
    {"StreamCreationTimestamp", &kTimestamp},
    {"StreamId", &kStreamId},
};
constexpr Shape kListStreamConsumersInput = {
    .name = "ListStreamConsumersInput",
    .kind = ShapeKind::kStructure,
    .members = kListStreamConsumersInputMembers,
};
constexpr Shape kListStreamsInputLimit = {
    .name = "ListStreamsInputLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 10000,
};
constexpr ShapeMember kListStreamsInputMembers[] = {
    {"Limit", &kListStreamsInputLimit},
    {"ExclusiveStartStreamName", &kStreamName},
    {"NextToken", &kNextToken},
};
constexpr Shape kListStreamsInput = {
    .name = "ListStreamsInput",
    .kind = ShapeKind::kStructure,
    .members = kListStreamsInputMembers,
};
constexpr ShapeMember kListTagsForResourceInputMembers[] = {
    {"ResourceARN", &kResourceARN, true},
    {"StreamId", &kStreamId},
};
constexpr Shape kListTagsForResourceInput = {
    .name = "ListTagsForResourceInput",
    .kind = ShapeKind::kStructure,
    .members = kListTagsForResourceInputMembers,
};
constexpr Shape kListTagsForStreamInputLimit = {
    .name = "ListTagsForStreamInputLimit",
    .kind = ShapeKind::kInteger,
    .min = 1,
    .max = 50,
};
constexpr ShapeMember kListTagsForStreamInputMembers[] = {
    {"StreamName", &kStreamName},
    {"ExclusiveStartTagKey", &kTagKey},
    {"Limit", &kListTagsForStreamInputLimit},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kListTagsForStreamInput = {
    .name = "ListTagsForStreamInput",
    .kind = ShapeKind::kStructure,
    .members = kListTagsForStreamInputMembers,
};
constexpr ShapeMember kMergeShardsInputMembers[] = {
    {"StreamName", &kStreamName},
    {"ShardToMerge", &kShardId, true},
    {"AdjacentShardToMerge", &kShardId, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kMergeShardsInput = {
    .name = "MergeShardsInput",
    .kind = ShapeKind::kStructure,
    .members = kMergeShardsInputMembers,
};
constexpr Shape kData = {.name = "Data", .kind = ShapeKind::kBlob, .min = 0, .max = 10485760};
constexpr Shape kPartitionKey = {.name = "PartitionKey", .kind = ShapeKind::kString, .min = 1, .max = 256};
constexpr Shape kHashKey = {
    .name = "HashKey",
    .kind = ShapeKind::kString,
    .pattern = "0|([1-9]\\d{0,38})",
    .matches = patterns::HashKey,
};
constexpr ShapeMember kPutRecordInputMembers[] = {
    {"StreamName", &kStreamName},
    {"Data", &kData, true},
    {"PartitionKey", &kPartitionKey, true},
    {"ExplicitHashKey", &kHashKey},
    {"SequenceNumberForOrdering", &kSequenceNumber},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kPutRecordInput = {
    .name = "PutRecordInput",
    .kind = ShapeKind::kStructure,
    .members = kPutRecordInputMembers,
};
constexpr ShapeMember kPutRecordsRequestEntryMembers[] = {
    {"Data", &kData, true},
    {"ExplicitHashKey", &kHashKey},
    {"PartitionKey", &kPartitionKey, true},
};
constexpr Shape kPutRecordsRequestEntry = {
    .name = "PutRecordsRequestEntry",
    .kind = ShapeKind::kStructure,
    .members = kPutRecordsRequestEntryMembers,
};
constexpr Shape kPutRecordsRequestEntryList = {
    .name = "PutRecordsRequestEntryList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 500,
    .element = &kPutRecordsRequestEntry,
};
constexpr ShapeMember kPutRecordsInputMembers[] = {
    {"Records", &kPutRecordsRequestEntryList, true},
    {"StreamName", &kStreamName},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kPutRecordsInput = {
    .name = "PutRecordsInput",
    .kind = ShapeKind::kStructure,
    .members = kPutRecordsInputMembers,
};
constexpr Shape kPolicy = {.name = "Policy", .kind = ShapeKind::kString};
constexpr ShapeMember kPutResourcePolicyInputMembers[] = {
    {"ResourceARN", &kResourceARN, true},
    {"StreamId", &kStreamId},
    {"Policy", &kPolicy, true},
};
constexpr Shape kPutResourcePolicyInput = {
    .name = "PutResourcePolicyInput",
    .kind = ShapeKind::kStructure,
    .members = kPutResourcePolicyInputMembers,
};
constexpr ShapeMember kRegisterStreamConsumerInputMembers[] = {
    {"StreamARN", &kStreamARN, true},
    {"ConsumerName", &kConsumerName, true},
    {"StreamId", &kStreamId},
    {"Tags", &kTagMap},
};
constexpr Shape kRegisterStreamConsumerInput = {
    .name = "RegisterStreamConsumerInput",
    .kind = ShapeKind::kStructure,
    .members = kRegisterStreamConsumerInputMembers,
};
constexpr Shape kTagKeyList = {
    .name = "TagKeyList",
    .kind = ShapeKind::kList,
    .min = 1,
    .max = 50,
    .element = &kTagKey,
};
constexpr ShapeMember kRemoveTagsFromStreamInputMembers[] = {
    {"StreamName", &kStreamName},
    {"TagKeys", &kTagKeyList, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kRemoveTagsFromStreamInput = {
    .name = "RemoveTagsFromStreamInput",
    .kind = ShapeKind::kStructure,
    .members = kRemoveTagsFromStreamInputMembers,
};
constexpr ShapeMember kSplitShardInputMembers[] = {
    {"StreamName", &kStreamName},
    {"ShardToSplit", &kShardId, true},
    {"NewStartingHashKey", &kHashKey, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kSplitShardInput = {
    .name = "SplitShardInput",
    .kind = ShapeKind::kStructure,
    .members = kSplitShardInputMembers,
};
constexpr std::string_view kEncryptionTypeValues[] = {"NONE", "KMS"};
constexpr Shape kEncryptionType = {
    .name = "EncryptionType",
    .kind = ShapeKind::kString,
    .values = kEncryptionTypeValues,
};
constexpr Shape kKeyId = {.name = "KeyId", .kind = ShapeKind::kString, .min = 1, .max = 2048};
constexpr ShapeMember kStartStreamEncryptionInputMembers[] = {
    {"StreamName", &kStreamName},
    {"EncryptionType", &kEncryptionType, true},
    {"KeyId", &kKeyId, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kStartStreamEncryptionInput = {
    .name = "StartStreamEncryptionInput",
    .kind = ShapeKind::kStructure,
    .members = kStartStreamEncryptionInputMembers,
};
constexpr ShapeMember kStopStreamEncryptionInputMembers[] = {
    {"StreamName", &kStreamName},
    {"EncryptionType", &kEncryptionType, true},
    {"KeyId", &kKeyId, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kStopStreamEncryptionInput = {
    .name = "StopStreamEncryptionInput",
    .kind = ShapeKind::kStructure,
    .members = kStopStreamEncryptionInputMembers,
};
constexpr ShapeMember kStartingPositionMembers[] = {
    {"Type", &kShardIteratorType, true},
    {"SequenceNumber", &kSequenceNumber},
    {"Timestamp", &kTimestamp},
};
constexpr Shape kStartingPosition = {
    .name = "StartingPosition",
    .kind = ShapeKind::kStructure,
    .members = kStartingPositionMembers,
};
constexpr ShapeMember kSubscribeToShardInputMembers[] = {
    {"ConsumerARN", &kConsumerARN, true},
    {"StreamId", &kStreamId},
    {"ShardId", &kShardId, true},
    {"StartingPosition", &kStartingPosition, true},
};
constexpr Shape kSubscribeToShardInput = {
    .name = "SubscribeToShardInput",
    .kind = ShapeKind::kStructure,
    .members = kSubscribeToShardInputMembers,
};
constexpr ShapeMember kTagResourceInputMembers[] = {
    {"Tags", &kTagMap, true},
    {"ResourceARN", &kResourceARN, true},
    {"StreamId", &kStreamId},
};
constexpr Shape kTagResourceInput = {
    .name = "TagResourceInput",
    .kind = ShapeKind::kStructure,
    .members = kTagResourceInputMembers,
};
constexpr ShapeMember kUntagResourceInputMembers[] = {
    {"TagKeys", &kTagKeyList, true},
    {"ResourceARN", &kResourceARN, true},
    {"StreamId", &kStreamId},
};
constexpr Shape kUntagResourceInput = {
    .name = "UntagResourceInput",
    .kind = ShapeKind::kStructure,
    .members = kUntagResourceInputMembers,
};
constexpr std::string_view kMinimumThroughputBillingCommitmentInputStatusValues[] = {"ENABLED", "DISABLED"};
constexpr Shape kMinimumThroughputBillingCommitmentInputStatus = {
    .name = "MinimumThroughputBillingCommitmentInputStatus",
    .kind = ShapeKind::kString,
    .values = kMinimumThroughputBillingCommitmentInputStatusValues,
};
constexpr ShapeMember kMinimumThroughputBillingCommitmentInputMembers[] = {
    {"Status", &kMinimumThroughputBillingCommitmentInputStatus, true},
};
constexpr Shape kMinimumThroughputBillingCommitmentInput = {
    .name = "MinimumThroughputBillingCommitmentInput",
    .kind = ShapeKind::kStructure,
    .members = kMinimumThroughputBillingCommitmentInputMembers,
};
constexpr ShapeMember kUpdateAccountSettingsInputMembers[] = {
    {"MinimumThroughputBillingCommitment", &kMinimumThroughputBillingCommitmentInput, true},
};
constexpr Shape kUpdateAccountSettingsInput = {
    .name = "UpdateAccountSettingsInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateAccountSettingsInputMembers,
};
constexpr ShapeMember kUpdateMaxRecordSizeInputMembers[] = {
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
    {"MaxRecordSizeInKiB", &kMaxRecordSizeInKiB, true},
};
constexpr Shape kUpdateMaxRecordSizeInput = {
    .name = "UpdateMaxRecordSizeInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateMaxRecordSizeInputMembers,
};
constexpr std::string_view kScalingTypeValues[] = {"UNIFORM_SCALING"};
constexpr Shape kScalingType = {
    .name = "ScalingType",
    .kind = ShapeKind::kString,
    .values = kScalingTypeValues,
};
constexpr ShapeMember kUpdateShardCountInputMembers[] = {
    {"StreamName", &kStreamName},
    {"TargetShardCount", &kPositiveIntegerObject, true},
    {"ScalingType", &kScalingType, true},
    {"StreamARN", &kStreamARN},
    {"StreamId", &kStreamId},
};
constexpr Shape kUpdateShardCountInput = {
    .name = "UpdateShardCountInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateShardCountInputMembers,
};
constexpr ShapeMember kUpdateStreamModeInputMembers[] = {
    {"StreamARN", &kStreamARN, true},
    {"StreamId", &kStreamId},
    {"StreamModeDetails", &kStreamModeDetails, true},
    {"WarmThroughputMiBps", &kNaturalIntegerObject},
};
constexpr Shape kUpdateStreamModeInput = {
    .name = "UpdateStreamModeInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateStreamModeInputMembers,
};
constexpr ShapeMember kUpdateStreamWarmThroughputInputMembers[] = {
    {"StreamARN", &kStreamARN},
    {"StreamName", &kStreamName},
    {"StreamId", &kStreamId},
    {"WarmThroughputMiBps", &kNaturalIntegerObject, true},
};
constexpr Shape kUpdateStreamWarmThroughputInput = {
    .name = "UpdateStreamWarmThroughputInput",
    .kind = ShapeKind::kStructure,
    .members = kUpdateStreamWarmThroughputInputMembers,
};

}  // namespace kinesis

constexpr OperationShape kOperations[] = {
    {"DynamoDBStreams_20120810", "DescribeStream", &dynamodbstreams::kDescribeStreamInput},
    {"DynamoDBStreams_20120810", "GetRecords", &dynamodbstreams::kGetRecordsInput},
    {"DynamoDBStreams_20120810", "GetShardIterator", &dynamodbstreams::kGetShardIteratorInput},
    {"DynamoDBStreams_20120810", "ListStreams", &dynamodbstreams::kListStreamsInput},
    {"DynamoDB_20120810", "BatchExecuteStatement", &dynamodb::kBatchExecuteStatementInput},
    {"DynamoDB_20120810", "BatchGetItem", &dynamodb::kBatchGetItemInput},
    {"DynamoDB_20120810", "BatchWriteItem", &dynamodb::kBatchWriteItemInput},
    {"DynamoDB_20120810", "CancelBulkOperation", &dynamodb::kCancelBulkOperationInput},
    {"DynamoDB_20120810", "CreateBackup", &dynamodb::kCreateBackupInput},
    {"DynamoDB_20120810", "CreateGlobalTable", &dynamodb::kCreateGlobalTableInput},
    {"DynamoDB_20120810", "CreateTable", &dynamodb::kCreateTableInput},
    {"DynamoDB_20120810", "DeleteBackup", &dynamodb::kDeleteBackupInput},
    {"DynamoDB_20120810", "DeleteItem", &dynamodb::kDeleteItemInput},
    {"DynamoDB_20120810", "DeleteResourcePolicy", &dynamodb::kDeleteResourcePolicyInput},
    {"DynamoDB_20120810", "DeleteTable", &dynamodb::kDeleteTableInput},
    {"DynamoDB_20120810", "DescribeBackup", &dynamodb::kDescribeBackupInput},
    {"DynamoDB_20120810", "DescribeBulkOperation", &dynamodb::kDescribeBulkOperationInput},
    {"DynamoDB_20120810", "DescribeContinuousBackups", &dynamodb::kDescribeContinuousBackupsInput},
    {"DynamoDB_20120810", "DescribeContributorInsights", &dynamodb::kDescribeContributorInsightsInput},
    {"DynamoDB_20120810", "DescribeEndpoints", &dynamodb::kDescribeEndpointsRequest},
    {"DynamoDB_20120810", "DescribeExport", &dynamodb::kDescribeExportInput},
    {"DynamoDB_20120810", "DescribeGlobalTable", &dynamodb::kDescribeGlobalTableInput},
    {"DynamoDB_20120810", "DescribeGlobalTableSettings", &dynamodb::kDescribeGlobalTableSettingsInput},
    {"DynamoDB_20120810", "DescribeImport", &dynamodb::kDescribeImportInput},
    {"DynamoDB_20120810", "DescribeKinesisStreamingDestination", &dynamodb::kDescribeKinesisStreamingDestinationInput},
    {"DynamoDB_20120810", "DescribeLimits", &dynamodb::kDescribeLimitsInput},
    {"DynamoDB_20120810", "DescribeTable", &dynamodb::kDescribeTableInput},
    {"DynamoDB_20120810", "DescribeTableReplicaAutoScaling", &dynamodb::kDescribeTableReplicaAutoScalingInput},
    {"DynamoDB_20120810", "DescribeTimeToLive", &dynamodb::kDescribeTimeToLiveInput},
    {"DynamoDB_20120810", "DisableKinesisStreamingDestination", &dynamodb::kKinesisStreamingDestinationInput},
    {"DynamoDB_20120810", "EnableKinesisStreamingDestination", &dynamodb::kKinesisStreamingDestinationInput},
    {"DynamoDB_20120810", "ExecuteStatement", &dynamodb::kExecuteStatementInput},
    {"DynamoDB_20120810", "ExecuteTransaction", &dynamodb::kExecuteTransactionInput},
    {"DynamoDB_20120810", "ExportTableToPointInTime", &dynamodb::kExportTableToPointInTimeInput},
    {"DynamoDB_20120810", "GetItem", &dynamodb::kGetItemInput},
    {"DynamoDB_20120810", "GetResourcePolicy", &dynamodb::kGetResourcePolicyInput},
    {"DynamoDB_20120810", "ImportTable", &dynamodb::kImportTableInput},
    {"DynamoDB_20120810", "ListBackups", &dynamodb::kListBackupsInput},
    {"DynamoDB_20120810", "ListBulkOperations", &dynamodb::kListBulkOperationsInput},
    {"DynamoDB_20120810", "ListContributorInsights", &dynamodb::kListContributorInsightsInput},
    {"DynamoDB_20120810", "ListExports", &dynamodb::kListExportsInput},
    {"DynamoDB_20120810", "ListGlobalTables", &dynamodb::kListGlobalTablesInput},
    {"DynamoDB_20120810", "ListImports", &dynamodb::kListImportsInput},
    {"DynamoDB_20120810", "ListTables", &dynamodb::kListTablesInput},
    {"DynamoDB_20120810", "ListTagsOfResource", &dynamodb::kListTagsOfResourceInput},
    {"DynamoDB_20120810", "PutItem", &dynamodb::kPutItemInput},
    {"DynamoDB_20120810", "PutResourcePolicy", &dynamodb::kPutResourcePolicyInput},
    {"DynamoDB_20120810", "Query", &dynamodb::kQueryInput},
    {"DynamoDB_20120810", "RestoreTableFromBackup", &dynamodb::kRestoreTableFromBackupInput},
    {"DynamoDB_20120810", "RestoreTableToPointInTime", &dynamodb::kRestoreTableToPointInTimeInput},
    {"DynamoDB_20120810", "Scan", &dynamodb::kScanInput},
    {"DynamoDB_20120810", "SearchVectors", &dynamodb::kSearchVectorsInput},
    {"DynamoDB_20120810", "StartBulkPutItems", &dynamodb::kStartBulkPutItemsInput},
    {"DynamoDB_20120810", "TagResource", &dynamodb::kTagResourceInput},
    {"DynamoDB_20120810", "TransactGetItems", &dynamodb::kTransactGetItemsInput},
    {"DynamoDB_20120810", "TransactWriteItems", &dynamodb::kTransactWriteItemsInput},
    {"DynamoDB_20120810", "UntagResource", &dynamodb::kUntagResourceInput},
    {"DynamoDB_20120810", "UpdateContinuousBackups", &dynamodb::kUpdateContinuousBackupsInput},
    {"DynamoDB_20120810", "UpdateContributorInsights", &dynamodb::kUpdateContributorInsightsInput},
    {"DynamoDB_20120810", "UpdateGlobalTable", &dynamodb::kUpdateGlobalTableInput},
    {"DynamoDB_20120810", "UpdateGlobalTableSettings", &dynamodb::kUpdateGlobalTableSettingsInput},
    {"DynamoDB_20120810", "UpdateItem", &dynamodb::kUpdateItemInput},
    {"DynamoDB_20120810", "UpdateKinesisStreamingDestination", &dynamodb::kUpdateKinesisStreamingDestinationInput},
    {"DynamoDB_20120810", "UpdateTable", &dynamodb::kUpdateTableInput},
    {"DynamoDB_20120810", "UpdateTableReplicaAutoScaling", &dynamodb::kUpdateTableReplicaAutoScalingInput},
    {"DynamoDB_20120810", "UpdateTimeToLive", &dynamodb::kUpdateTimeToLiveInput},
    {"Kinesis_20131202", "AddTagsToStream", &kinesis::kAddTagsToStreamInput},
    {"Kinesis_20131202", "CreateStream", &kinesis::kCreateStreamInput},
    {"Kinesis_20131202", "DecreaseStreamRetentionPeriod", &kinesis::kDecreaseStreamRetentionPeriodInput},
    {"Kinesis_20131202", "DeleteResourcePolicy", &kinesis::kDeleteResourcePolicyInput},
    {"Kinesis_20131202", "DeleteStream", &kinesis::kDeleteStreamInput},
    {"Kinesis_20131202", "DeregisterStreamConsumer", &kinesis::kDeregisterStreamConsumerInput},
    {"Kinesis_20131202", "DescribeAccountSettings", &kinesis::kDescribeAccountSettingsInput},
    {"Kinesis_20131202", "DescribeLimits", &kinesis::kDescribeLimitsInput},
    {"Kinesis_20131202", "DescribeStream", &kinesis::kDescribeStreamInput},
    {"Kinesis_20131202", "DescribeStreamConsumer", &kinesis::kDescribeStreamConsumerInput},
    {"Kinesis_20131202", "DescribeStreamSummary", &kinesis::kDescribeStreamSummaryInput},
    {"Kinesis_20131202", "DisableEnhancedMonitoring", &kinesis::kDisableEnhancedMonitoringInput},
    {"Kinesis_20131202", "EnableEnhancedMonitoring", &kinesis::kEnableEnhancedMonitoringInput},
    {"Kinesis_20131202", "GetRecords", &kinesis::kGetRecordsInput},
    {"Kinesis_20131202", "GetResourcePolicy", &kinesis::kGetResourcePolicyInput},
    {"Kinesis_20131202", "GetShardIterator", &kinesis::kGetShardIteratorInput},
    {"Kinesis_20131202", "IncreaseStreamRetentionPeriod", &kinesis::kIncreaseStreamRetentionPeriodInput},
    {"Kinesis_20131202", "ListShards", &kinesis::kListShardsInput},
    {"Kinesis_20131202", "ListStreamConsumers", &kinesis::kListStreamConsumersInput},
    {"Kinesis_20131202", "ListStreams", &kinesis::kListStreamsInput},
    {"Kinesis_20131202", "ListTagsForResource", &kinesis::kListTagsForResourceInput},
    {"Kinesis_20131202", "ListTagsForStream", &kinesis::kListTagsForStreamInput},
    {"Kinesis_20131202", "MergeShards", &kinesis::kMergeShardsInput},
    {"Kinesis_20131202", "PutRecord", &kinesis::kPutRecordInput},
    {"Kinesis_20131202", "PutRecords", &kinesis::kPutRecordsInput},
    {"Kinesis_20131202", "PutResourcePolicy", &kinesis::kPutResourcePolicyInput},
    {"Kinesis_20131202", "RegisterStreamConsumer", &kinesis::kRegisterStreamConsumerInput},
    {"Kinesis_20131202", "RemoveTagsFromStream", &kinesis::kRemoveTagsFromStreamInput},
    {"Kinesis_20131202", "SplitShard", &kinesis::kSplitShardInput},
    {"Kinesis_20131202", "StartStreamEncryption", &kinesis::kStartStreamEncryptionInput},
    {"Kinesis_20131202", "StopStreamEncryption", &kinesis::kStopStreamEncryptionInput},
    {"Kinesis_20131202", "SubscribeToShard", &kinesis::kSubscribeToShardInput},
    {"Kinesis_20131202", "TagResource", &kinesis::kTagResourceInput},
    {"Kinesis_20131202", "UntagResource", &kinesis::kUntagResourceInput},
    {"Kinesis_20131202", "UpdateAccountSettings", &kinesis::kUpdateAccountSettingsInput},
    {"Kinesis_20131202", "UpdateMaxRecordSize", &kinesis::kUpdateMaxRecordSizeInput},
    {"Kinesis_20131202", "UpdateShardCount", &kinesis::kUpdateShardCountInput},
    {"Kinesis_20131202", "UpdateStreamMode", &kinesis::kUpdateStreamModeInput},
    {"Kinesis_20131202", "UpdateStreamWarmThroughput", &kinesis::kUpdateStreamWarmThroughputInput},
};

}  // namespace

std::span<const OperationShape> OperationShapes() { return kOperations; }

}  // namespace stator
