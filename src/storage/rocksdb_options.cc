#include "storage/rocksdb_options.h"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>

#include "storage/background_pace.h"
#include "storage/engine.h"

namespace stator {
namespace {

constexpr int kMapMemtables = 4;

// Of a key that the engine completed with a stamp, what is before it: they ascend under each such
// prefix, so that a new one has its place beside the last.
class AppendedPrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "stator.AppendedPrefix"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - kAppendStampBytes};
  }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() > kAppendStampBytes; }
};

void SetDurability(rocksdb::Options* o) {
  // What may be dropped was dropped when the log was checked (log_check.h): RocksDB must find it
  // whole.
  o->wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  // Ours (synced_file.h) also knows of the newest log. RocksDB 7.8's syncs its manifest with every
  // write while an older log is there, and misses logs that it had deleted itself (its pull request
  // 10892).
  o->track_and_verify_wals_in_manifest = false;
  o->paranoid_checks = true;
  o->force_consistency_checks = true;
  o->max_bgerror_resume_count = 0;  // KvStore::Recover() does it
  // Readers must see synced writes only: a write is published after the log has been synced.
  o->unordered_write = false;
  o->enable_pipelined_write = false;
  o->manual_wal_flush = false;
  o->avoid_flush_during_shutdown = true;  // what bypasses the log need not be kept
}

rocksdb::BlockBasedTableOptions MakeTableOptions(std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.block_size = 8 << 10;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  // Indexes of a third of the size for next to no time: more of them stay in a small cache.
  table.index_block_restart_interval = 8;
  table.cache_index_and_filter_blocks = true;  // so that the cache's bound includes them
  table.cache_index_and_filter_blocks_with_high_priority = true;
  // What was written is likely to be read again, and the oldest files are the first to be looked
  // into.
  table.prepopulate_block_cache =
      rocksdb::BlockBasedTableOptions::PrepopulateBlockCache::kFlushOnly;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

void SetMemory(const EngineOptions& options, std::shared_ptr<rocksdb::Cache> cache,
               rocksdb::Options* o) {
  o->write_buffer_size = options.write_buffer_bytes;
  o->max_write_buffer_number = kMapMemtables;
  o->max_total_wal_size = 8 * options.write_buffer_bytes;
  o->max_open_files = 1000;

  o->table_factory.reset(rocksdb::NewBlockBasedTableFactory(MakeTableOptions(std::move(cache))));

  // A look into a memtable or a table file costs more than all its filter's probes.
  o->prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kFilteredPrefix));
  o->memtable_prefix_bloom_size_ratio = 0.02;
  o->memtable_whole_key_filtering = true;
}

}  // namespace

rocksdb::CompressionType FirstSupportedCompression(
    std::initializer_list<rocksdb::CompressionType> wanted) {
  const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
  for (rocksdb::CompressionType type : wanted) {
    if (std::find(supported.begin(), supported.end(), type) != supported.end()) return type;
  }
  return rocksdb::kNoCompression;
}

std::shared_ptr<rocksdb::Cache> NewBlockCache(size_t bytes) {
  // Smaller ones keep threads from waiting for each other's lock; larger ones have room for several
  // indexes or filters.
  constexpr size_t kShard = size_t{4} << 20;
  // What indexes and filters that are in use may keep from data. Without, reads of much data drive
  // them out, and each costs half a megabyte.
  constexpr double kForMetadata = 0.5;
  int shard_bits = 0;
  while (shard_bits < 6 && (kShard << (shard_bits + 1)) <= bytes) ++shard_bits;
  return rocksdb::NewLRUCache(bytes, shard_bits, /*strict_capacity_limit=*/false, kForMetadata);
}

rocksdb::Options MakeRocksOptions(const EngineOptions& options, rocksdb::Env* env, bool create,
                                  std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::Options o;
  o.env = env;
  o.create_if_missing = create;
  SetDurability(&o);
  SetMemory(options, std::move(cache), &o);

  // On all levels but the first and the one below it (whichever that is), whose tables are soon
  // rewritten. What zstd would save in space it costs several times over in time.
  o.compression =
      FirstSupportedCompression({rocksdb::kLZ4Compression, rocksdb::kSnappyCompression});
  o.compression_per_level.assign(o.num_levels, o.compression);
  o.compression_per_level[0] = rocksdb::kNoCompression;
  o.compression_per_level[1] = rocksdb::kNoCompression;
  o.level_compaction_dynamic_level_bytes = true;
  o.max_background_jobs = 2;
  o.bytes_per_sync = 1 << 20;
  o.avoid_unnecessary_blocking_io = true;  // releasing a snapshot or an iterator deletes no files

  o.max_log_file_size = 4 << 20;
  o.keep_log_file_num = 4;
  o.stats_dump_period_sec = 0;
  o.stats_persist_period_sec = 0;
  return o;
}

rocksdb::ReadOptions WalkOptions() {
  rocksdb::ReadOptions read;
  read.total_order_seek = true;
  read.fill_cache = false;
  return read;
}

rocksdb::Options MakeLogOptions(const EngineOptions& options, rocksdb::Env* env,
                                std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table = MakeTableOptions(cache);
  // Records are read in order, and mostly once.
  table.prepopulate_block_cache = rocksdb::BlockBasedTableOptions::PrepopulateBlockCache::kDisable;
  table.filter_policy.reset();
  table.block_size = 32 << 10;
  rocksdb::Options o = MakeRocksOptions(options, env, /*create=*/true, std::move(cache));
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  o.prefix_extractor.reset();
  o.memtable_prefix_bloom_size_ratio = 0;
  o.memtable_whole_key_filtering = false;
  o.memtable_insert_with_hint_prefix_extractor = std::make_shared<AppendedPrefix>();

  // A record is up to twice as large as the item beside it, and all are flushed when items are.
  constexpr size_t kTimes = 3, kLeast = size_t{1} << 20;
  o.max_write_buffer_number = 3;
  o.write_buffer_size = kTimes * options.write_buffer_bytes;
  // On a full disk the reserve must take what is in memtables, the map's among them.
  if (options.reserve_bytes != 0) {
    const size_t of_map = kMapMemtables * options.write_buffer_bytes;
    const size_t left = options.reserve_bytes > of_map ? options.reserve_bytes - of_map : 0;
    o.write_buffer_size =
        std::min(o.write_buffer_size, std::max(left / o.max_write_buffer_number, kLeast));
  }
  // Files do not overlap, so compactions only move them: all levels are written alike, and none is
  // ever too large.
  o.compression_per_level.clear();
  o.max_bytes_for_level_base = uint64_t{1} << 50;
  // Many in level 0 cost readers little, and writers need not wait for the moves.
  o.soft_pending_compaction_bytes_limit = o.hard_pending_compaction_bytes_limit = 0;
  o.level0_slowdown_writes_trigger = o.level0_stop_writes_trigger = 1 << 20;
  if (options.paced) PaceBackgroundWork(&o);
  return o;
}

}  // namespace stator
