#include "storage/log_scan.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/crc32c.h"

namespace stator {
namespace {

constexpr size_t kBlock = 32'768;
constexpr size_t kHeader = 7;  // checksum 4, length 2, type 1
// A record of a log of writes begins with its sequence number (8 bytes) and its number of entries
// (4).
constexpr size_t kBatchHeader = 12;
// How far the sequence number of the next record may lie ahead.
constexpr uint64_t kSequenceReach = uint64_t{1} << 32;

enum Type : uint8_t { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

template <class Unsigned>
Unsigned LittleEndian(std::string_view bytes) {
  Unsigned value = 0;
  for (size_t i = sizeof(Unsigned); i-- > 0;) {
    value = static_cast<Unsigned>(value << 8 | static_cast<uint8_t>(bytes[i]));
  }
  return value;
}

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
    if (damaged() && !scan_->later_record) LookForLater(base, block, at);
  }
  // To be called after the last block.
  void End() {
    if (!damaged() && in_record_) {
      scan_->damage = "an incomplete record";
      scan_->damage_at = scan_->size;
    }
    if (!damaged()) scan_->good_end = scan_->size;
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
        // A record that begins where another one should go on is the later one.
        return at + (begins && in_record_ ? 0 : 1);
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
    if (kind_ == LogKind::kWrites && record.size() >= kBatchHeader) {
      sequence_ = LittleEndian<uint64_t>(record);
    }
    visit_(record);
  }

  // In the damaged block the chain of records is lost, so every place is tried. In later ones it
  // begins again with the block.
  void LookForLater(uint64_t base, std::string_view block, size_t at) {
    const bool everywhere = at > 0 || base <= scan_->damage_at;
    Fragment fragment;
    while (at + kHeader <= block.size()) {
      const bool begins = Begins(block.substr(at)) && !ParseFragment(block.substr(at), &fragment);
      if (begins && Plausible(fragment)) {
        scan_->later_record = base + at;
        return;
      }
      if (everywhere) {
        ++at;
      } else {
        if (ParseFragment(block.substr(at), &fragment)) return;
        at += kHeader + fragment.payload.size();
      }
    }
  }

  static bool Begins(std::string_view bytes) {
    const auto type = static_cast<uint8_t>(bytes[6]);
    return type == kFull || type == kFirst;
  }

  // What an item holds could look like a record, too.
  bool Plausible(const Fragment& fragment) const {
    if (kind_ == LogKind::kManifest) return !fragment.payload.empty();
    if (fragment.payload.size() < kBatchHeader) return false;
    const uint64_t sequence = LittleEndian<uint64_t>(fragment.payload);
    return sequence > sequence_ && sequence - sequence_ < kSequenceReach;
  }

  const LogKind kind_;
  LogScan* const scan_;
  FunctionRef<void(std::string_view)> visit_;
  bool in_record_ = false;
  std::string record_;
  uint64_t sequence_ = 0;
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
