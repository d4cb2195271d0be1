// The handlers of Kinesis, one function per operation; several of them share a file. What a handler
// is given and owes: api/operations.h.
#ifndef STATOR_API_KINESIS_HANDLERS_H_
#define STATOR_API_KINESIS_HANDLERS_H_

#include "api/operations.h"

namespace stator::kinesis {

void AddTagsToStream(const OperationContext& context, const Members& in, Respond done);
void CreateStream(const OperationContext& context, const Members& in, Respond done);
void DecreaseStreamRetentionPeriod(const OperationContext& context, const Members& in,
                                   Respond done);
void DeleteStream(const OperationContext& context, const Members& in, Respond done);
void DescribeStream(const OperationContext& context, const Members& in, Respond done);
void DescribeStreamSummary(const OperationContext& context, const Members& in, Respond done);
void GetRecords(const OperationContext& context, const Members& in, Respond done);
void GetShardIterator(const OperationContext& context, const Members& in, Respond done);
void IncreaseStreamRetentionPeriod(const OperationContext& context, const Members& in,
                                   Respond done);
void ListShards(const OperationContext& context, const Members& in, Respond done);
void ListStreams(const OperationContext& context, const Members& in, Respond done);
void ListTagsForResource(const OperationContext& context, const Members& in, Respond done);
void ListTagsForStream(const OperationContext& context, const Members& in, Respond done);
void PutRecord(const OperationContext& context, const Members& in, Respond done);
void PutRecords(const OperationContext& context, const Members& in, Respond done);
void RemoveTagsFromStream(const OperationContext& context, const Members& in, Respond done);
void TagResource(const OperationContext& context, const Members& in, Respond done);
void UntagResource(const OperationContext& context, const Members& in, Respond done);

}  // namespace stator::kinesis

#endif  // STATOR_API_KINESIS_HANDLERS_H_
