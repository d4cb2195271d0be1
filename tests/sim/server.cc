#include "server.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <string_view>
#include <utility>

#include "table/log_keeper.h"
#include "table/table_jobs.h"

namespace stator::sim {
namespace {

constexpr int kMostSteps = 100'000;
const Caller kCaller{"000000000000", "us-east-1", "sim"};

}  // namespace

Server::Server(Context* context, Sabotage sabotage)
    : context_(context), sabotage_(std::move(sabotage)) {
  for (size_t i = 0; i < std::size(kTasks); ++i) fibers_.push_back(std::make_unique<Fiber>());
  Open(std::make_unique<MemoryStore>(/*model_crashes=*/true));
}

Server::~Server() {
  if (!database_) return;
  engine_->SetOrderly(true);
  if (!FinishAll()) {
    Leave();
    return;
  }
  Close();
}

void Server::Close() {
  service_.reset();
  delivery_.reset();
  streams_->Stop();
  database_.reset();
  streams_.reset();
}

// What cannot be brought to its end would be waited for, or stands in the middle of something.
void Server::Leave() {
  (void)service_.release();
  (void)delivery_.release();
  (void)database_.release();
  (void)streams_.release();
  for (std::unique_ptr<Fiber>& fiber : fibers_) {
    (void)fiber.release();
    fiber = std::make_unique<Fiber>();
  }
}

void Server::Open(std::unique_ptr<MemoryStore> memory) {
  auto engine = std::make_unique<SimEngine>(std::move(memory), context_, sabotage_.store);
  engine_ = engine.get();
  std::unique_ptr<Engine> wrapped = std::move(engine);
  if (sabotage_.engine) wrapped = sabotage_.engine(std::move(wrapped));
  auto blocking = std::make_unique<BlockingEngine>(std::move(wrapped));
  blocking_ = blocking.get();
  for (const std::unique_ptr<Fiber>& fiber : fibers_) blocking_->AddWaiting(fiber.get());
  DatabaseOptions options;
  options.clock = &context_->clock();
  options.random = &context_->random();
  options.manual_jobs = true;
  options.backfill = context_->settings().backfill;
  options.log = context_->settings().log;
  auto opened = Database::Open(std::move(blocking), options);
  if (!opened) {
    database_.reset();
    return;
  }
  database_ = std::move(*opened);
  auto streams = kinesis::Streams::Open(
      &database_->engine(), {.clock = &context_->clock(), .report = {}, .manual = true});
  if (!streams) return database_.reset();
  streams_ = std::move(*streams);
  (void)RestartDelivery();
  service_ = std::make_unique<Service>(database_.get(), ValidationForm::kNew, streams_.get());
  engine_->SetOrderly(false);
}

bool Server::RestartDelivery() {
  if (fibers_[kDelivery]->busy()) return false;
  kinesis::DeliveryOptions options;
  options.report = [this](EventLevel, const std::string& text) { OnReport(text); };
  delivery_ = std::make_unique<kinesis::Delivery>(database_.get(), streams_.get(), options);
  return true;
}

// "the Kinesis destination of table NAME has failed: WHY"
void Server::OnReport(const std::string& text) {
  constexpr std::string_view kBegin = "the Kinesis destination of table ";
  if (!text.starts_with(kBegin)) return;
  context_->Note("  report: " + text);
  const std::string rest = text.substr(kBegin.size());
  ++failed_destinations_[rest.substr(0, rest.find(' '))];
}

void Server::Execute(const std::string& operation, const std::string& body, AnswerDone done) {
  body_.assign(body);
  body_.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  const std::string target =
      operation.find('.') == std::string::npos ? "DynamoDB_20120810." + operation : operation;
  const std::string_view target_view = target;
  if (parser_.capacity() < body.size()) {
    const auto allocated = parser_.allocate(body.size() * 2);
    assert(allocated == simdjson::SUCCESS);
  }
  RecognizedRequest request;
  if (auto recognized = service_->Recognize(&target_view, body_, &parser_, &request); !recognized) {
    return done(ErrorAnswer(recognized.error()));
  }
  service_->Execute(request, kCaller, std::move(done));
}

int64_t Server::NextJob() const { return database_->jobs().NextDue(); }

const char* Server::NameOf(TaskKind kind) {
  static constexpr const char* kNames[] = {"jobs", "log keeper", "sweeper", "delivery"};
  return kNames[kind];
}

bool Server::MayGoOn(TaskKind kind) const { return blocking_->MayGoOn(*fibers_[kind]); }

bool Server::MayStart(TaskKind kind) const {
  if (fibers_[kind]->busy()) return false;
  const int64_t now = context_->clock().MonotonicMicros();
  if (kind == kJobs) return NextJob() <= now;
  if (kind == kSweeper) return database_->sweeper().NextDue() <= now;
  return context_->settings().streams;
}

void Server::Step(TaskKind kind) {
  if (fibers_[kind]->busy()) return fibers_[kind]->Resume();
  fibers_[kind]->Start([this, kind] { RunTask(kind); });
}

void Server::RunTask(TaskKind kind) {
  switch (kind) {
    case kJobs:
      return database_->jobs().RunOnce();
    case kLogKeeper:
      return database_->log_keeper().RunOnce();
    case kSweeper:
      return database_->sweeper().RunOnce();
    case kDelivery:
      delivery_has_more_ = delivery_->RunOnce();
  }
}

bool Server::TasksAreBusy() const {
  return std::any_of(fibers_.begin(), fibers_.end(),
                     [](const std::unique_ptr<Fiber>& fiber) { return fiber->busy(); });
}

// Lets everything that was begun come to its end, whatever that is. False if it does not.
bool Server::FinishAll() {
  for (int step = 0; step < kMostSteps; ++step) {
    if (engine_->FlusherHasWork()) {
      engine_->StepFlusher();
    } else if (engine_->Waiting() > 0) {
      engine_->Go(0);
    } else if (TasksAreBusy()) {
      const auto task = std::find_if(std::begin(kTasks), std::end(kTasks),
                                     [this](TaskKind kind) { return MayGoOn(kind); });
      if (task == std::end(kTasks)) return false;
      Step(*task);
    } else {
      return engine_->pipeline().Idle();
    }
  }
  return false;
}

bool Server::Crash(bool write_reached_device) {
  std::unique_ptr<MemoryStore> survivor = engine_->LosePower(write_reached_device);
  engine_->SetOrderly(true);
  if (!FinishAll()) {
    Leave();
    return false;
  }
  Close();
  Open(std::move(survivor));
  return database_ != nullptr;
}

StoreContent Server::Content() {
  StoreContent content;
  engine_->ReadStore([&](std::string_view key, std::string_view value) {
    content.emplace(key, value);
    return true;
  });
  return content;
}

}  // namespace stator::sim
