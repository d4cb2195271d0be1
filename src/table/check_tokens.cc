#include "table/check_tokens.h"

#include <string>
#include <utility>
#include <vector>

#include "table/layout.h"
#include "table/storage_key.h"
#include "table/token_record.h"

namespace stator {
namespace {

class TokenCheck {
 public:
  TokenCheck(StoreWalk* walk, int64_t now_micros, CheckReport* report)
      : walk_(walk), now_micros_(now_micros), report_(report) {}

  uint64_t Run() {
    auto tokens = walk_->EachPage(
        AllKeys(KeySpace::kToken), [&](auto key, auto value) { Token(key, value); },
        [&] { return LookUp(&TokenCheck::CompareExpiry); });
    auto expiries = walk_->EachPage(
        AllKeys(KeySpace::kTokenExpiry), [&](auto key, auto value) { Expiry(key, value); },
        [&] { return LookUp(&TokenCheck::CompareToken); });
    for (const auto& read : {tokens, expiries}) {
      if (!read)
        report_->Add({.kind = ProblemKind::kUnreadable, .what = "tokens: " + read.error().message});
    }
    return tokens_;
  }

 private:
  // A record of the page whose counterpart is to be looked up.
  struct Pending {
    std::string key;
    int64_t expires_micros = 0;
  };

  void Fault(std::string_view key, std::string what) {
    auto parsed = ParseStorageKey(key);
    std::string name = HexOf(key);
    if (parsed && parsed->space == KeySpace::kTokenExpiry)
      parsed = ParseStorageKey(parsed->token_key);
    if (parsed)
      name =
          parsed->token + " of account " + parsed->scope.account_id + " in " + parsed->scope.region;
    report_->Add({.kind = parsed ? ProblemKind::kToken : ProblemKind::kKey,
                  .key = std::move(name),
                  .what = std::move(what)},
                 key);
  }

  void Token(std::string_view key, std::string_view value) {
    ++tokens_;
    if (auto parsed = ParseStorageKey(key); !parsed) return Fault(key, parsed.error().message);
    auto record = DecodeTokenRecord(value);
    if (!record) return Fault(key, record.error().message);
    page_.push_back({std::string(key), record->expires_micros});
    wanted_.push_back(TokenExpiryKey(record->expires_micros, key));
  }

  void CompareExpiry(const Pending& token, std::optional<std::string_view> value) {
    if (!value) Fault(token.key, "it is not in the list by expiry: it would never expire");
  }

  void Expiry(std::string_view key, std::string_view value) {
    auto parsed = ParseStorageKey(key);
    if (!parsed) return Fault(key, parsed.error().message);
    if (value != parsed->token_key)
      return Fault(key, "its entry in the list by expiry names another token");
    page_.push_back({std::string(key), parsed->expires_micros});
    wanted_.push_back(std::move(parsed->token_key));
  }

  // A token that was used again after it had expired has two entries, and goes with the first of
  // them that a sweep takes.
  void CompareToken(const Pending& expiry, std::optional<std::string_view> value) {
    if (!value) {
      if (expiry.expires_micros > now_micros_)
        Fault(expiry.key, "it is in the list by expiry only");
      return;
    }
    auto record = DecodeTokenRecord(*value);
    if (record && record->expires_micros < expiry.expires_micros) {
      Fault(expiry.key, "it expires before the time in the list by expiry");
    }
  }

  Result<void> LookUp(void (TokenCheck::*compare)(const Pending&,
                                                  std::optional<std::string_view>)) {
    auto read = walk_->Get(wanted_, [&](size_t i, std::optional<std::string_view> value) {
      (this->*compare)(page_[i], value);
    });
    page_.clear();
    wanted_.clear();
    return read;
  }

  StoreWalk* const walk_;
  const int64_t now_micros_;
  CheckReport* const report_;
  uint64_t tokens_ = 0;
  std::vector<Pending> page_;
  std::vector<std::string> wanted_;  // parallel to page_
};

}  // namespace

uint64_t CheckTokens(StoreWalk* walk, int64_t now_micros, CheckReport* report) {
  return TokenCheck(walk, now_micros, report).Run();
}

}  // namespace stator
