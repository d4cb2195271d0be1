#include "storage/log_scan.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "storage/format.h"

namespace stator {
namespace {

constexpr size_t kBlock = 32'768;
constexpr size_t kHeader = 7;  // checksum 4, length 2, type 1
// A record of a log of writes begins with its sequence number (8 bytes) and its number of entries
// (4).
constexpr size_t kBatchHeader = 12;
// How far the sequence number of a later record may lie ahead, where nothing else bounds it.
constexpr uint64_t kSequenceReach = uint64_t{1} << 32;
// Numbers that writes may take which are not in the log.
constexpr uint64_t kUnloggedWrites = 1000;

enum Type : uint8_t { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

// Stored checksums are rotated and shifted, so that a checksum of bytes that hold checksums is a
// good one.
uint32_t Unmask(uint32_t masked) {
  const uint32_t rotated = masked - 0xa282ead8u;
  return rotated >> 17 | rotated << 15;
}

struct Fragment {
  uint8_t type = kZero;
  std::string_view payload;
};

// The fragment at the beginning of `bytes`, which end with its block or with the file; or what is
// wrong. *fragment is set in any case in which its header makes sense.
const char* ParseFragment(std::string_view bytes, Fragment* fragment) {
  if (bytes.size() < kHeader) return "an incomplete header";
  const size_t length = LittleEndian<uint16_t>(bytes.substr(4));
  fragment->type = static_cast<uint8_t>(bytes[6]);
  if (fragment->type == kZero && length == 0) return "zeros where a record should be";
  if (fragment->type < kFull || fragment->type > kLast) return "a record of no known type";
  if (length > bytes.size() - kHeader) return "an incomplete record";
  fragment->payload = bytes.substr(kHeader, length);
  const uint32_t crc = Crc32c(bytes.substr(6, 1 + length));
  if (crc != Unmask(LittleEndian<uint32_t>(bytes))) return "a checksum that does not match";
  return nullptr;
}

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool Size(uint64_t* size) const {
    struct stat status;
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) return false;
    *size = static_cast<uint64_t>(status.st_size);
    return true;
  }
  bool Read(uint64_t offset, size_t length, std::string* bytes) const {
    bytes->resize(length);
    for (size_t done = 0; done < length;) {
      const ssize_t n =
          ::pread(fd_, bytes->data() + done, length - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n == 0) errno = EIO;
      if (n <= 0) return false;
      done += static_cast<size_t>(n);
    }
    return true;
  }

 private:
  const int fd_;
};

class Scanner {
 public:
  Scanner(LogKind kind, LogScan* scan, FunctionRef<void(std::string_view)> visit)
      : kind_(kind), scan_(scan), visit_(visit) {}

  // Takes the next block.
  void Block(uint64_t base, std::string_view block) {
    size_t at = 0;
    if (!damaged()) at = Records(base, block);
    if (!damaged()) return;
    only_zeros_ = only_zeros_ && IsZero(block.substr(at));
    if (!only_zeros_ && !scan_->later_record) LookForLater(base, block, at);
  }
  // To be called after the last block.
  void End() {
    if (!damaged() && in_record_) {
      scan_->damage = "an incomplete record";
      scan_->damage_at = scan_->size;
    }
    if (only_zeros_) {
      scan_->room = scan_->size - scan_->good_end;
      scan_->damage.clear();
    } else if (!damaged()) {
      scan_->good_end = scan_->size;
    }
  }
  bool done() const { return scan_->later_record.has_value(); }

 private:
  bool damaged() const { return !scan_->damage.empty(); }

  // Reads records until the block ends or there is damage; returns where.
  size_t Records(uint64_t base, std::string_view block) {
    size_t at = 0;
    while (at < block.size()) {
      if (block.size() - at < kHeader && block.size() == kBlock) break;  // filled up
      Fragment fragment;
      const char* wrong = ParseFragment(block.substr(at), &fragment);
      const bool begins = fragment.type == kFull || fragment.type == kFirst;
      if (!wrong && begins == in_record_) {
        wrong = in_record_ ? "a record that does not go on" : "a record without a beginning";
      }
      if (wrong) {
        scan_->damage = wrong;
        scan_->damage_at = base + at;
        only_zeros_ = !in_record_;            // as far as is known yet
        if (in_record_) NoteHeader(record_);  // of the damaged one: its first fragment is whole
        return at;
      }
      if (begins) record_.clear();
      in_record_ = fragment.type == kFirst || fragment.type == kMiddle;
      at += kHeader + fragment.payload.size();
      if (fragment.type == kFull) {
        Whole(fragment.payload, base + at);
      } else {
        record_.append(fragment.payload);
        if (fragment.type == kLast) Whole(record_, base + at);
      }
    }
    return block.size();
  }

  void Whole(std::string_view record, uint64_t end) {
    ++scan_->records;
    scan_->good_end = end;
    NoteHeader(record);
    group_ = FindGroupMark(record);
    visit_(record);
  }

  void NoteHeader(std::string_view record) {
    if (kind_ != LogKind::kWrites || record.size() < kBatchHeader) return;
    sequence_ = LittleEndian<uint64_t>(record);
    entries_ = LittleEndian<uint32_t>(record.substr(8));
  }

  // Follows the chain of fragments from `at`, where one should begin. Where the chain is lost in
  // the block of the damage, every place after it is tried; later blocks begin with one of their
  // own.
  void LookForLater(uint64_t base, std::string_view block, size_t at) {
    bool chained = true;
    Fragment fragment;
    while (at + kHeader <= block.size()) {
      const bool whole = !ParseFragment(block.substr(at), &fragment);
      const bool begins = fragment.type == kFull || fragment.type == kFirst;
      if (whole && begins && (chained ? Follows(fragment) : Plausible(fragment, base + at))) {
        scan_->later_record = base + at;
        return;
      }
      if (chained && whole) {
        at += kHeader + fragment.payload.size();
      } else if (const std::optional<size_t> end = chained ? EndOf(block, at) : std::nullopt) {
        at = *end;
      } else if (base > scan_->damage_at) {
        return;
      } else {
        chained = false;
        ++at;
      }
    }
  }

  // Where the damaged fragment at `at` ends, if the length that it gives is to be trusted, which
  // its checksum does not cover: because it leads to where fragments end. What is before that end
  // was written by clients, and may look like anything.
  static std::optional<size_t> EndOf(std::string_view block, size_t at) {
    const auto type = static_cast<uint8_t>(block[at + 6]);
    if (type < kFull || type > kLast) return std::nullopt;
    const size_t end = at + kHeader + LittleEndian<uint16_t>(block.substr(at + 4));
    if (type == kFirst || type == kMiddle) {
      // These fill their block; the file may end before.
      return end == kBlock ? std::optional<size_t>(block.size()) : std::nullopt;
    }
    if (end > block.size()) return std::nullopt;
    const std::string_view rest = block.substr(end);
    Fragment next;
    // Another one, the room, the end of the file or the filling of the block.
    const bool ends = rest.size() >= kHeader
                          ? IsZero(rest.substr(0, kHeader)) || ParseFragment(rest, &next) == nullptr
                          : rest.empty() || block.size() == kBlock || IsZero(rest);
    return ends ? std::optional<size_t>(end) : std::nullopt;
  }

  static bool IsZero(std::string_view bytes) { return bytes.find_first_not_of('\0') == bytes.npos; }

  // A fragment in the chain, that begins a record.
  bool Follows(const Fragment& fragment) const {
    if (kind_ == LogKind::kManifest) return !fragment.payload.empty();
    if (fragment.payload.size() < kBatchHeader) return false;
    const uint64_t sequence = LittleEndian<uint64_t>(fragment.payload);
    return sequence > sequence_ && sequence - sequence_ < kSequenceReach;
  }

  // One that was found by trying could as well be what an item holds: it must also be one that may
  // come so soon after the damage.
  bool Plausible(const Fragment& fragment, uint64_t place) const {
    if (!Follows(fragment)) return false;
    if (kind_ == LogKind::kManifest || sequence_ == 0) return true;
    const uint64_t bytes = place - scan_->damage_at;  // no entry takes less than one
    if (LittleEndian<uint64_t>(fragment.payload) - sequence_ > entries_ + bytes + kUnloggedWrites) {
      return false;
    }
    if (!group_ || fragment.type != kFull) return true;
    const std::optional<uint64_t> group = FindGroupMark(fragment.payload);
    return group && *group > *group_ && *group - *group_ <= 2 + bytes / kBatchHeader;
  }

  const LogKind kind_;
  LogScan* const scan_;
  FunctionRef<void(std::string_view)> visit_;
  bool in_record_ = false;
  bool only_zeros_ = false;  // from the damage on
  std::string record_;
  // Of a log of writes: of the last record whose header is whole, and the last that is whole
  // itself.
  uint64_t sequence_ = 0;
  uint64_t entries_ = 0;
  std::optional<uint64_t> group_;
};

}  // namespace

Result<LogScan> ScanLog(const std::string& path, LogKind kind,
                        FunctionRef<void(std::string_view record)> visit) {
  const auto fail = [&] {
    return Fail(StatusCode::kIoError, "cannot read " + path + ": " + std::strerror(errno));
  };
  const File file(path);
  LogScan scan;
  if (!file.Size(&scan.size)) return fail();
  Scanner scanner(kind, &scan, visit);
  std::string block;
  for (uint64_t base = 0; base < scan.size && !scanner.done(); base += kBlock) {
    const size_t length = static_cast<size_t>(std::min<uint64_t>(kBlock, scan.size - base));
    if (!file.Read(base, length, &block)) return fail();
    scanner.Block(base, block);
  }
  scanner.End();
  return scan;
}

}  // namespace stator
