#include "server/input_file.h"

#include <fstream>
#include <iostream>
#include <optional>
#include <streambuf>
#include <utility>

#include "base/stream_decompress.h"

namespace stator {
namespace {

constexpr size_t kReadBytes = size_t{64} << 10;

// Plain text of a compressed file.
class PlainText final : public std::streambuf {
 public:
  PlainText(std::string path, std::ifstream file)
      : path_(std::move(path)),
        file_(std::move(file)),
        decompressor_(StreamDecompressor::Create(path_.ends_with(".gz") ? StreamCoding::kGzip
                                                                        : StreamCoding::kZstd)) {}

  Result<void> Fault() const { return fault_ ? Result<void>(Unexpected(*fault_)) : Result<void>(); }

 protected:
  int_type underflow() override {
    plain_.clear();
    while (plain_.empty() && !ended_) Read();
    if (plain_.empty()) return traits_type::eof();
    setg(plain_.data(), plain_.data(), plain_.data() + plain_.size());
    return traits_type::to_int_type(plain_[0]);
  }

 private:
  void Read() {
    std::string bytes(kReadBytes, '\0');
    file_.read(bytes.data(), kReadBytes);
    bytes.resize(static_cast<size_t>(file_.gcount()));
    ended_ = bytes.empty();
    if (file_.bad()) {
      fault_ = Status{StatusCode::kIoError, path_ + ": cannot be read"};
      return;
    }
    auto fed =
        ended_ ? decompressor_->End() : decompressor_->Feed(bytes, [this](std::string_view piece) {
          plain_.append(piece);
          return true;
        });
    if (fed) return;
    ended_ = true;
    fault_ = Status{StatusCode::kCorruption, path_ + ": " + fed.error().message};
  }

  const std::string path_;
  std::ifstream file_;
  const std::unique_ptr<StreamDecompressor> decompressor_;
  std::string plain_;
  bool ended_ = false;
  std::optional<Status> fault_;
};

class CompressedFile final : public InputFile {
 public:
  CompressedFile(std::string path, std::ifstream file)
      : text_(std::move(path), std::move(file)), stream_(&text_) {}
  std::istream* stream() override { return &stream_; }
  Result<void> Fault() const override { return text_.Fault(); }

 private:
  PlainText text_;
  std::istream stream_;
};

// Its reader sees by itself what cannot be read.
class PlainFile final : public InputFile {
 public:
  explicit PlainFile(std::ifstream file) : file_(std::move(file)) {}
  std::istream* stream() override { return &file_; }
  Result<void> Fault() const override { return {}; }

 private:
  std::ifstream file_;
};

class StandardInput final : public InputFile {
 public:
  std::istream* stream() override { return &std::cin; }
  Result<void> Fault() const override { return {}; }
};

}  // namespace

bool IsCompressed(const std::string& path) {
  return path.ends_with(".gz") || path.ends_with(".zst");
}

Result<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path, uint64_t offset) {
  std::unique_ptr<InputFile> file;
  if (path == "-") {
    file = std::make_unique<StandardInput>();
  } else {
    std::ifstream opened(path, std::ios::binary);
    if (!opened) return Fail(StatusCode::kIoError, path + ": cannot be opened");
    if (IsCompressed(path)) {
      file = std::make_unique<CompressedFile>(path, std::move(opened));
    } else {
      file = std::make_unique<PlainFile>(std::move(opened));
    }
  }
  if (offset == 0) return file;
  // Seeking goes beyond the end without a word, so the last byte is read.
  std::istream* stream = file->stream();
  const auto before = static_cast<std::streamsize>(offset - 1);
  IsCompressed(path) ? stream->ignore(before) : stream->seekg(before);
  if (stream->get() != std::istream::traits_type::eof()) return file;
  if (auto fault = file->Fault(); !fault) return Unexpected(std::move(fault).error());
  return Fail(StatusCode::kInvalidArgument,
              path + ": ends before byte " + std::to_string(offset) + ", where to go on");
}

}  // namespace stator
