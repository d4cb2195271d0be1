// The handlers, one function per operation, each in the file of its name (PutItem: put_item.cc). What a handler
// is given and owes: api/operations.h. A new one is declared here and entered into the table in operations.cc.
#ifndef STATOR_API_HANDLERS_H_
#define STATOR_API_HANDLERS_H_

#include "api/operations.h"

namespace stator {

void BatchGetItem(const OperationContext& context, const Members& in, Respond done);
void BatchWriteItem(const OperationContext& context, const Members& in, Respond done);
void CancelBulkOperation(const OperationContext& context, const Members& in, Respond done);
void CreateBackup(const OperationContext& context, const Members& in, Respond done);
void CreateTable(const OperationContext& context, const Members& in, Respond done);
void DeleteBackup(const OperationContext& context, const Members& in, Respond done);
void DeleteItem(const OperationContext& context, const Members& in, Respond done);
void DeleteTable(const OperationContext& context, const Members& in, Respond done);
void DescribeBackup(const OperationContext& context, const Members& in, Respond done);
void DescribeBulkOperation(const OperationContext& context, const Members& in, Respond done);
void DescribeContinuousBackups(const OperationContext& context, const Members& in, Respond done);
void DescribeEndpoints(const OperationContext& context, const Members& in, Respond done);
void DescribeExport(const OperationContext& context, const Members& in, Respond done);
void DescribeImport(const OperationContext& context, const Members& in, Respond done);
void DescribeKinesisStreamingDestination(const OperationContext& context, const Members& in, Respond done);
void DescribeLimits(const OperationContext& context, const Members& in, Respond done);
void DescribeStream(const OperationContext& context, const Members& in, Respond done);
void DescribeTable(const OperationContext& context, const Members& in, Respond done);
void DescribeTimeToLive(const OperationContext& context, const Members& in, Respond done);
void DisableKinesisStreamingDestination(const OperationContext& context, const Members& in, Respond done);
void EnableKinesisStreamingDestination(const OperationContext& context, const Members& in, Respond done);
void ExportTableToPointInTime(const OperationContext& context, const Members& in, Respond done);
void GetItem(const OperationContext& context, const Members& in, Respond done);
void GetRecords(const OperationContext& context, const Members& in, Respond done);
void GetShardIterator(const OperationContext& context, const Members& in, Respond done);
void ImportTable(const OperationContext& context, const Members& in, Respond done);
void ListBackups(const OperationContext& context, const Members& in, Respond done);
void ListBulkOperations(const OperationContext& context, const Members& in, Respond done);
void ListExports(const OperationContext& context, const Members& in, Respond done);
void ListImports(const OperationContext& context, const Members& in, Respond done);
void ListStreams(const OperationContext& context, const Members& in, Respond done);
void ListTables(const OperationContext& context, const Members& in, Respond done);
void ListTagsOfResource(const OperationContext& context, const Members& in, Respond done);
void PutItem(const OperationContext& context, const Members& in, Respond done);
void Query(const OperationContext& context, const Members& in, Respond done);
void RestoreTableFromBackup(const OperationContext& context, const Members& in, Respond done);
void RestoreTableToPointInTime(const OperationContext& context, const Members& in, Respond done);
void Scan(const OperationContext& context, const Members& in, Respond done);
void StartBulkPutItems(const OperationContext& context, const Members& in, Respond done);
void TagResource(const OperationContext& context, const Members& in, Respond done);
void TransactGetItems(const OperationContext& context, const Members& in, Respond done);
void TransactWriteItems(const OperationContext& context, const Members& in, Respond done);
void UntagResource(const OperationContext& context, const Members& in, Respond done);
void UpdateContinuousBackups(const OperationContext& context, const Members& in, Respond done);
void UpdateItem(const OperationContext& context, const Members& in, Respond done);
void UpdateKinesisStreamingDestination(const OperationContext& context, const Members& in, Respond done);
void UpdateTable(const OperationContext& context, const Members& in, Respond done);
void UpdateTimeToLive(const OperationContext& context, const Members& in, Respond done);

}  // namespace stator

#endif  // STATOR_API_HANDLERS_H_
