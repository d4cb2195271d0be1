#!/usr/bin/env python3
"""Writes src/api/shapes_generated.cc: the input shape of every operation.

Source: the service model that comes with the Python package botocore (version below), changed where the service
is known to differ from its model, or where operations are newer than it. The server's build does not run this.

  generate_shapes.py            write the file
  generate_shapes.py --check    exit with 1 if the file is not what would be written
"""
import argparse
import pathlib
import sys

BOTOCORE_VERSION = "1.43.11"
# The services and the versions of their models.
SERVICES = {"dynamodb": "2012-08-10", "dynamodbstreams": "2012-08-10", "kinesis": "2013-12-02"}
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "src" / "api" / "shapes_generated.cc"
MAX_MEMBERS = 32
NAME_PATTERN = "[a-zA-Z0-9_.-]+"

# The pattern of the model -> the function in api/patterns.h.
PATTERNS = {
    NAME_PATTERN: "Name",
    "[0-9]{12}": "AccountId",
    r"^[^\$]+$": "NoDollar",
    "([0-9a-f]{16})+": "ImportToken",
    r"[,;:|\t ]": "CsvDelimiter",
    r"[\x20-\x21\x23-\x2B\x2D-\x7E]*": "CsvHeader",
    r"\p{Print}+": "Printable",
    r"^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$": "BucketName",
    r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*": "RoleArn",
    r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+": "KinesisStreamArn",
    r"arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+": "KinesisResourceArn",
    r"^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+":
        "KinesisConsumerArn",
    "[a-z0-9]{20}-[a-z0-9]{3}": "KinesisStreamId",
    r"0|([1-9]\d{0,38})": "HashKey",
    r"0|([1-9]\d{0,128})": "SequenceNumber",
}

# Enums whose order in error messages is known and is not the model's (facts 1.8).
ENUM_ORDERS = {
    "ReturnValue": ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"],
    "Select": ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"],
    "ComparisonOperator": ["IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE",
                           "BEGINS_WITH", "GE", "CONTAINS"],
    "ConditionalOperator": ["OR", "AND"],
    "ScalarAttributeType": ["B", "N", "S"],
    "ProjectionType": ["ALL", "INCLUDE", "KEYS_ONLY"],
}


def text(**constraints):
    return {"type": "string", **constraints}


def enum(*values):
    return {"type": "string", "enum": list(values)}


def list_of(shape, **constraints):
    return {"type": "list", "member": {"shape": shape}, **constraints}


def structure(required, **members):
    return {"type": "structure", "required": required.split(),
            "members": {name: {"shape": shape} for name, shape in members.items()}}


# Shapes that replace those of the model or are added to them.
SHAPES = {
    # A table name or an ARN (facts 1.9). The data plane takes names of one character, the rest of three.
    "TableArn": text(min=1, max=255, pattern=NAME_PATTERN, table_name_or_arn=True),
    "ControlTableArn": text(min=3, max=255, pattern=NAME_PATTERN, table_name_or_arn=True),
    # As the keys of the two batch operations are checked: captured texts print a minimum of 3.
    "BatchTableArn": text(min=3, max=255, pattern=NAME_PATTERN, table_name_or_arn=True),
    # A bad class is answered with a text of its own (facts 5.1), so this is not an enum.
    "TableClass": text(),
    # Keys of tables and local indexes; global indexes may have 4 + 4 (facts 4.9).
    "TwoKeySchema": list_of("KeySchemaElement", min=1, max=2),
    "EightKeySchema": list_of("KeySchemaElement", min=1, max=8),
    # Newer than the model (facts 13.3).
    "SearchVectorsInput": structure(
        "TableName IndexName SearchVector TopK", TableName="TableArn", IndexName="PlainString",
        SearchVector="AttributeValueList", TopK="IntegerObject", SearchConditionExpression="PlainString",
        ProjectionExpression="ProjectionExpression", ExpressionAttributeNames="ExpressionAttributeNameMap",
        ExpressionAttributeValues="ExpressionAttributeValueMap",
        ReturnConsumedCapacity="ReturnConsumedCapacity"),
    "StartBulkPutItemsInput": structure(
        "TableName InputS3Configuration OutputS3Configuration", TableName="ControlTableArn",
        InputS3Configuration="InputS3Configuration", OutputS3Configuration="OutputS3Configuration",
        ClientToken="ClientToken", MaxWriteRequestUnits="BulkWriteRequestUnits", PerformanceTier="PerformanceTier"),
    "DescribeBulkOperationInput": structure("BulkOperationArn", BulkOperationArn="BulkOperationArn"),
    "CancelBulkOperationInput": structure("BulkOperationArn", BulkOperationArn="BulkOperationArn"),
    "ListBulkOperationsInput": structure("", MaxResults="BulkMaxResults", NextToken="BulkNextToken"),
    "BulkOperationArn": text(min=37, max=1024),
    "BulkMaxResults": {"type": "integer", "min": 1, "max": 25},
    "BulkNextToken": text(min=1, max=1024, pattern="([0-9a-f]{16})+"),
    "BulkWriteRequestUnits": {"type": "long", "min": 1024},
    "InputS3Configuration": structure(
        "S3Bucket InputFormat", S3Bucket="S3Bucket", InputFormat="BulkInputFormat",
        S3BucketOwner="S3BucketOwner", S3KeyPrefix="S3Prefix", InputCompressionType="InputCompressionType"),
    "OutputS3Configuration": structure(
        "OutputType", OutputType="OutputTypeList", S3Bucket="S3Bucket", S3BucketOwner="S3BucketOwner",
        S3KeyPrefix="S3Prefix", S3SseAlgorithm="S3SseAlgorithm", S3SseKmsKeyId="S3SseKmsKeyId"),
    "OutputType": enum("ERROR", "CONDITION_CHECK_FAILURE"),
    "OutputTypeList": list_of("OutputType"),
    "BulkInputFormat": enum("DYNAMODB_JSON", "ION"),
    "PerformanceTier": enum("STANDARD", "ACCELERATED"),
    "PlainString": text(),
    "VectorIndex": structure(
        "IndexName VectorAttribute Dimensions DistanceFunction Projection", IndexName="IndexName",
        VectorAttribute="VectorAttribute", Dimensions="IntegerObject", DistanceFunction="DistanceFunction",
        Projection="Projection", SearchSchema="SearchSchema"),
    "VectorIndexList": list_of("VectorIndex"),
    "VectorAttribute": structure("AttributeName", AttributeName="KeySchemaAttributeName"),
    "DistanceFunction": enum("DOT_PRODUCT", "COSINE", "EUCLIDEAN"),
    "SearchSchema": list_of("SearchSchemaElement"),
    "SearchSchemaElement": structure("AttributeName SearchSchemaElementType",
                                     AttributeName="KeySchemaAttributeName",
                                     SearchSchemaElementType="SearchSchemaElementType"),
    "SearchSchemaElementType": enum("HASH", "INLINE_FILTER"),
    "VectorIndexUpdate": structure("", Create="VectorIndex", Delete="DeleteVectorIndexAction"),
    "VectorIndexUpdateList": list_of("VectorIndexUpdate"),
    "DeleteVectorIndexAction": structure("IndexName", IndexName="IndexName"),
    "DisassociateReplicationGroupMemberAction": structure(
        "RegionName DisassociationMode", RegionName="RegionName", DisassociationMode="DisassociationMode"),
    "DisassociationMode": enum("WAIT_FOR_REPLICATION"),
    "FilterSpecification": structure(
        "", FilterExpression="ConditionExpression", ProjectionExpression="ProjectionExpression",
        KeyConditionExpression="KeyExpression", ExpressionAttributeNames="ExpressionAttributeNameMap",
        ExpressionAttributeValues="ExpressionAttributeValueMap"),
}

# Members added to structures of the model, or given another shape.
MEMBERS = {
    "CreateTableInput": {"KeySchema": "TwoKeySchema", "VectorIndexes": "VectorIndexList"},
    "UpdateTableInput": {"VectorIndexUpdates": "VectorIndexUpdateList",
                         "DisassociationProtectionEnabled": "BooleanObject"},
    "LocalSecondaryIndex": {"KeySchema": "TwoKeySchema"},
    "GlobalSecondaryIndex": {"KeySchema": "EightKeySchema"},
    "CreateGlobalSecondaryIndexAction": {"KeySchema": "EightKeySchema"},
    "TableCreationParameters": {"KeySchema": "TwoKeySchema", "VectorIndexes": "VectorIndexList"},
    "RestoreTableFromBackupInput": {"VectorIndexOverride": "VectorIndexList"},
    "RestoreTableToPointInTimeInput": {"VectorIndexOverride": "VectorIndexList"},
    "ReplicationGroupUpdate": {"Disassociate": "DisassociateReplicationGroupMemberAction"},
    "ExportTableToPointInTimeInput": {"FilterSpecification": "FilterSpecification"},
}

# Members that the service requires and its model does not (or, with False, the other way round). TableName and
# RequestItems have texts of their own when absent (api/quirks_*.cc).
REQUIRED = {
    "CreateTableInput": {"AttributeDefinitions": True, "KeySchema": True},
}

# The structures whose TableName has the rules of the data plane.
DATA_PLANE = {"GetItemInput", "PutItemInput", "UpdateItemInput", "DeleteItemInput", "QueryInput", "ScanInput",
              "Get", "Put", "Update", "Delete", "ConditionCheck", "SearchVectorsInput"}

# The largest Limit of an operation of the Streams API (facts 12), which its model does not name.
STREAM_LIMITS = {"DescribeStreamInput": 100, "GetRecordsInput": 1000, "ListStreamsInput": 100}

EXTRA_OPERATIONS = ["SearchVectors", "StartBulkPutItems", "DescribeBulkOperation", "CancelBulkOperation",
                    "ListBulkOperations"]

# When several members are wrong, this one is reported first (facts 1.11).
FIRST_MEMBER = "ReturnConsumedCapacity"


def load(service):
    import botocore
    import botocore.loaders
    if botocore.__version__ != BOTOCORE_VERSION:
        sys.exit(f"botocore {BOTOCORE_VERSION} is needed, {botocore.__version__} is installed")
    return botocore.loaders.Loader().load_service_model(service, "service-2", SERVICES[service])


def adapted(service):
    """The model with everything above applied: (target prefix, {operation: input shape}, {name: shape})."""
    model = load(service)
    shapes = {name: dict(shape) for name, shape in model["shapes"].items()}
    operations = {name: op["input"]["shape"] for name, op in model["operations"].items()}
    if service == "dynamodb":
        shapes.update(SHAPES)
        operations.update({name: name + "Input" for name in EXTRA_OPERATIONS})
        shapes["BatchGetRequestMap"]["key"] = {"shape": "BatchTableArn"}
        shapes["BatchWriteItemRequestMap"]["key"] = {"shape": "BatchTableArn"}
        for name, values in ENUM_ORDERS.items():
            assert sorted(values) == sorted(shapes[name]["enum"]), name
            shapes[name] = enum(*values)
        for name, shape in shapes.items():
            if shape["type"] != "structure":
                continue
            members = {member: ref["shape"] for member, ref in shape["members"].items()}
            if members.get("TableName") == "TableArn" and name not in DATA_PLANE:
                members["TableName"] = "ControlTableArn"
            members.update(MEMBERS.get(name, {}))
            required = set(shape.get("required", []))
            for member, flag in REQUIRED.get(name, {}).items():
                required.add(member) if flag else required.discard(member)
            shapes[name] = structure(" ".join(sorted(required)), **members)
    if service == "dynamodbstreams":
        for name, most in STREAM_LIMITS.items():
            limit = name.removesuffix("Input") + "Limit"
            shapes[limit] = {"type": "integer", "min": 1, "max": most}
            shapes[name] = {**shapes[name], "members": {**shapes[name]["members"], "Limit": {"shape": limit}}}
    return model["metadata"]["targetPrefix"], operations, shapes


def literal(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def variable(name):
    return "k" + name[0].upper() + name[1:]


class Writer:
    def __init__(self, shapes):
        self.shapes = shapes
        self.done = set()
        self.lines = []

    def need(self, name):
        """Writes the shape and, before it, those it refers to."""
        if name == "AttributeValue" or name in self.done:
            return
        self.done.add(name)
        shape = self.shapes[name]
        for reference in self.references(shape):
            self.need(reference)
        getattr(self, "write_" + shape["type"], self.write_scalar)(name, shape)

    @staticmethod
    def references(shape):
        kind = shape["type"]
        if kind == "structure":
            return [ref["shape"] for ref in shape["members"].values()]
        if kind == "list":
            return [shape["member"]["shape"]]
        if kind == "map":
            return [shape["key"]["shape"], shape["value"]["shape"]]
        return []

    def write_shape(self, name, kind, fields):
        fields = [f".name = {literal(name)}", f".kind = ShapeKind::k{kind}"] + fields
        line = f"constexpr Shape {variable(name)} = {{{', '.join(fields)}}};"
        if len(line) > 110:
            body = ",\n".join("    " + field for field in fields)
            line = f"constexpr Shape {variable(name)} = {{\n{body},\n}};"
        self.lines.append(line)

    @staticmethod
    def bounds(shape):
        fields = []
        if "min" in shape:
            fields.append(f".min = {shape['min']}")
        if "max" in shape:
            fields.append(f".max = {shape['max']}")
        return fields

    def write_scalar(self, name, shape):
        fields = self.bounds(shape)
        if "pattern" in shape:
            fields.append(f".pattern = {literal(shape['pattern'])}")
            fields.append(f".matches = patterns::{PATTERNS[shape['pattern']]}")
        if shape.get("table_name_or_arn"):
            fields.append(".table_name_or_arn = true")
        if "enum" in shape:
            values = ", ".join(literal(v) for v in shape["enum"])
            self.lines.append(f"constexpr std::string_view {variable(name)}Values[] = {{{values}}};")
            fields.append(f".values = {variable(name)}Values")
        self.write_shape(name, shape["type"].capitalize(), fields)

    def write_list(self, name, shape):
        self.write_shape(name, "List", self.bounds(shape) + [f".element = &{variable(shape['member']['shape'])}"])

    def write_map(self, name, shape):
        self.write_shape(name, "Map", self.bounds(shape) + [f".key = &{variable(shape['key']['shape'])}",
                                                            f".element = &{variable(shape['value']['shape'])}"])

    def write_structure(self, name, shape):
        members = sorted(shape["members"].items(), key=lambda item: item[0] != FIRST_MEMBER)
        assert len(members) <= MAX_MEMBERS, name
        fields = []
        if members:
            self.lines.append(f"constexpr ShapeMember {variable(name)}Members[] = {{")
            for member, ref in members:
                required = ", true" if member in shape["required"] else ""
                self.lines.append(f"    {{{literal(member)}, &{variable(ref['shape'])}{required}}},")
            self.lines.append("};")
            fields = [f".members = {variable(name)}Members"]
        self.write_shape(name, "Structure", fields)


def generate():
    out = [
        "// Written by tools/generate_shapes.py from the model of botocore " + BOTOCORE_VERSION +
        ". Do not edit.",
        '#include "api/patterns.h"',
        '#include "api/shape.h"',
        "",
        "namespace stator {",
        "namespace {",
        "",
        "static_assert(kMaxStructureMembers == %d);" % MAX_MEMBERS,
        "",
        'constexpr Shape kAttributeValue = {.name = "AttributeValue", .kind = ShapeKind::kAttributeValue};',
        "",
    ]
    rows = []
    for service in SERVICES:
        prefix, operations, shapes = adapted(service)
        for shape in shapes.values():
            if shape["type"] == "structure":
                shape.setdefault("required", [])
        writer = Writer(shapes)
        for name in sorted(operations):
            writer.need(operations[name])
            rows.append((prefix, name, f"{service}::{variable(operations[name])}"))
        out += [f"namespace {service} {{", "", *writer.lines, "", f"}}  // namespace {service}", ""]
    out.append("constexpr OperationShape kOperations[] = {")
    for prefix, name, input_shape in sorted(rows):
        out.append(f"    {{{literal(prefix)}, {literal(name)}, &{input_shape}}},")
    out += ["};", "", "}  // namespace", "",
            "std::span<const OperationShape> OperationShapes() { return kOperations; }", "",
            "}  // namespace stator", ""]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    wanted = generate()
    if options.check:
        if not OUTPUT.exists() or OUTPUT.read_text() != wanted:
            sys.exit(f"{OUTPUT} is not what tools/generate_shapes.py writes; run it")
        return
    OUTPUT.write_text(wanted)


if __name__ == "__main__":
    main()
