#include "server.h"

#include <cassert>
#include <utility>

#include "table/table_jobs.h"

namespace stator::sim {
namespace {

constexpr int kMostSteps = 100'000;
const Caller kCaller{"000000000000", "us-east-1", "sim"};

}  // namespace

Server::Server(Context* context, Sabotage sabotage)
    : context_(context), sabotage_(std::move(sabotage)) {
  Open(std::make_unique<MemoryStore>(/*model_crashes=*/true));
}

Server::~Server() {
  if (!database_) return;
  engine_->SetOrderly(true);
  if (!FinishAll()) Leave();
}

// What cannot be brought to its end would be waited for, or stands in the middle of something.
void Server::Leave() {
  (void)service_.release();
  (void)database_.release();
  (void)jobs_.release();
  jobs_ = std::make_unique<Fiber>();
}

void Server::Open(std::unique_ptr<MemoryStore> memory) {
  auto engine = std::make_unique<SimEngine>(std::move(memory), context_, sabotage_.store);
  engine_ = engine.get();
  std::unique_ptr<Engine> wrapped = std::move(engine);
  if (sabotage_.engine) wrapped = sabotage_.engine(std::move(wrapped));
  auto jobs_engine = std::make_unique<JobsEngine>(std::move(wrapped), jobs_.get());
  jobs_engine_ = jobs_engine.get();
  DatabaseOptions options;
  options.clock = &context_->clock();
  options.random = &context_->random();
  options.manual_jobs = true;
  options.backfill = context_->settings().backfill;
  auto opened = Database::Open(std::move(jobs_engine), options);
  if (!opened) {
    database_.reset();
    return;
  }
  database_ = std::move(*opened);
  service_ = std::make_unique<Service>(database_.get());
  engine_->SetOrderly(false);
}

void Server::Execute(const std::string& operation, const std::string& body, AnswerDone done) {
  body_.assign(body);
  body_.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  const std::string target = "DynamoDB_20120810." + operation;
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

bool Server::JobsHaveWork() const {
  if (jobs_->busy()) return jobs_engine_->JobsMayGoOn();
  return NextJob() <= context_->clock().MonotonicMicros();
}

void Server::StepJobs() {
  if (jobs_->busy()) return jobs_->Resume();
  jobs_->Start([this] { database_->jobs().RunOnce(); });
}

// Lets everything that was begun come to its end, whatever that is. False if it does not.
bool Server::FinishAll() {
  for (int step = 0; step < kMostSteps; ++step) {
    if (engine_->FlusherHasWork()) {
      engine_->StepFlusher();
    } else if (engine_->Waiting() > 0) {
      engine_->Go(0);
    } else if (jobs_->busy()) {
      if (!jobs_engine_->JobsMayGoOn()) return false;
      jobs_->Resume();
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
  service_.reset();
  database_.reset();
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
