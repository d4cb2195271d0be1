// A directory of a test's own, removed with what is in it at the end. Tests run as parallel
// processes: a fixed file name would be another test's too.
#ifndef STATOR_BASE_TEMP_DIR_H_
#define STATOR_BASE_TEMP_DIR_H_

#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

namespace stator {

class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / "stator_XXXXXX").string()) {
    if (::mkdtemp(path_.data())) return;
    std::perror(path_.c_str());
    std::abort();
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace stator

#endif  // STATOR_BASE_TEMP_DIR_H_
