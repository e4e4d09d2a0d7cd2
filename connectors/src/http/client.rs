//! Asking one provider for one connection.

use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::clock::Clock;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use super::attempt::{self, Failure, Seen};
use super::budget::{Ask, Budget, Grant, LONGEST_PAUSE, Told, Turn};
use super::counts::Counters;
use super::course::{Course, Setback};
use super::error::short_code;
use super::{
    Answer, ClientOptions, Counts, Flaw, HttpError, HttpErrorKind, Jitter, Malformed, OptionsError, Pages, Request,
    Verdict, Why, retry_after,
};

/// Asks one provider for one connection. It may be used by several at once.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    options: ClientOptions,
    budget: Budget,
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    counters: Counters,
}

/// What came of a try.
enum Outcome<T> {
    Done(T, Answer),
    Again(Setback),
    Over(HttpErrorKind),
}

impl Client {
    /// A client. Those of all servers that ask in the name of one budget share it.
    ///
    /// # Errors
    /// When the options contradict themselves or the budget's rules, or the machine has no way to ask over TLS.
    pub fn new(
        options: ClientOptions,
        budget: Budget,
        clock: Arc<dyn Clock>,
        jitter: Arc<dyn Jitter>,
    ) -> Result<Self, OptionsError> {
        options.check(budget.rules())?;
        let http = attempt::client(&options).map_err(OptionsError::Unavailable)?;
        Ok(Self { http, options, budget, clock, jitter, counters: Counters::default() })
    }

    /// What it has done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counters.now()
    }

    /// Counts the pages of a listing, as far as the options allow.
    #[must_use]
    pub fn pages(&self) -> Pages {
        Pages::new(self.options.most_pages, self.options.most_empty_pages)
    }

    /// Sends a request and waits for its answer, until the deadline or until it is cancelled. That is the way to stop: when the
    /// future is dropped instead, the turn that it waited for stays reserved.
    ///
    /// # Errors
    /// When there is no answer that the judge accepts.
    pub async fn send(&self, request: Request, cancel: &CancellationToken) -> Result<Answer, HttpError> {
        self.run(request, cancel, |_| Ok(())).await.map(|((), answer)| answer)
    }

    /// Sends a request and reads its answer as JSON. One that was cut off is asked for again if the request may be repeated.
    ///
    /// # Errors
    /// When there is no answer that the judge accepts, or it is of another shape.
    pub async fn json<T: DeserializeOwned>(
        &self,
        request: Request,
        cancel: &CancellationToken,
    ) -> Result<(T, Answer), HttpError> {
        self.run(request.accept_json(), cancel, Answer::json).await
    }

    async fn run<T>(
        &self,
        request: Request,
        cancel: &CancellationToken,
        read: impl Fn(&Answer) -> Result<T, Malformed>,
    ) -> Result<(T, Answer), HttpError> {
        let mut course = Course::begin(&*self.clock, self.options.deadline);
        let outcome = self.follow(&request, &mut course, cancel, read).await;
        outcome.map_err(|kind| HttpError { provider: self.options.provider, tries: course.tries, kind })
    }

    async fn follow<T>(
        &self,
        request: &Request,
        course: &mut Course,
        cancel: &CancellationToken,
        read: impl Fn(&Answer) -> Result<T, Malformed>,
    ) -> Result<(T, Answer), HttpErrorKind> {
        if let Some(problem) = &request.problem {
            return Err(HttpErrorKind::Unsendable(problem.clone()));
        }
        self.options.hosts.check(&request.url).map_err(HttpErrorKind::Refused)?;
        loop {
            let grant = self.turn(request.cost, course, cancel).await?;
            match self.attempt(request, &grant, course, cancel, &read).await {
                Outcome::Done(value, answer) => return Ok((value, answer)),
                Outcome::Over(kind) => return Err(kind),
                Outcome::Again(setback) => {
                    let policy = &self.options.retry;
                    let backoff = || policy.backoff(course.tries, &*self.jitter);
                    let wait = course.again(setback, policy, backoff, course.left(&*self.clock))?;
                    course.waited = Duration::ZERO;
                    self.wait(wait, course, cancel).await?;
                }
            }
        }
    }

    /// Waits for a turn of the budget.
    async fn turn(&self, cost: u32, course: &mut Course, cancel: &CancellationToken) -> Result<Grant, HttpErrorKind> {
        loop {
            let patience = course.left(&*self.clock);
            if cancel.is_cancelled() {
                return Err(HttpErrorKind::Cancelled);
            }
            if patience.is_zero() {
                return Err(HttpErrorKind::Deadline);
            }
            let ask = Ask { cost, now: self.clock.now(), patience, id: self.clock.new_id() };
            let turn = self.budget.reserve(&ask).await.map_err(HttpErrorKind::Ledger)?;
            match turn.map_err(HttpErrorKind::TooCostly)? {
                Turn::Later(after) => return Err(HttpErrorKind::Throttled { after: Some(after) }),
                Turn::Busy(wait) => self.wait(wait.min(patience), course, cancel).await?,
                Turn::Granted(grant) => {
                    let wait = grant.wait(ask.now);
                    if wait.is_zero() {
                        return Ok(grant);
                    }
                    if let Err(kind) = self.wait(wait, course, cancel).await {
                        self.give_back(&grant).await;
                        return Err(kind);
                    }
                    // Meanwhile the provider may have asked others for a pause.
                    if self.budget.confirm(&grant, self.clock.now()).await.map_err(HttpErrorKind::Ledger)? {
                        return Ok(grant);
                    }
                }
            }
        }
    }

    /// One try, and what came of it.
    async fn attempt<T>(
        &self,
        request: &Request,
        grant: &Grant,
        course: &mut Course,
        cancel: &CancellationToken,
        read: &impl Fn(&Answer) -> Result<T, Malformed>,
    ) -> Outcome<T> {
        let left = course.left(&*self.clock);
        let (began, mut seen) = (self.clock.elapsed(), Seen::default());
        self.counters.sent(course.tries > 0);
        course.tries += 1;
        let result = {
            let within = self.options.try_timeout.min(left);
            let send = attempt::send(&self.http, request, self.options.most_bytes, within, &mut seen);
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(HttpErrorKind::Cancelled.into()),
                result = send => result,
            }
        };
        self.counters.read(seen.bytes);
        let (outcome, told) = match result {
            Ok(answer) => self.judged(request, answer, course, read),
            Err(failure) => (self.failed(request, failure, left), Vec::new()),
        };
        let took = self.clock.elapsed().saturating_sub(began);
        self.log(request, course, &seen, took, &outcome);
        if let Err(error) = self.budget.settle(grant, &told, self.clock.now()).await {
            // The answer is there, and what it told comes again with the next.
            tracing::warn!(
                provider = self.options.provider,
                error = &error as &dyn std::error::Error,
                "a turn was not ended"
            );
        }
        outcome
    }

    /// What an answer means, and what it tells of the budget.
    fn judged<T>(
        &self,
        request: &Request,
        answer: Answer,
        course: &mut Course,
        read: &impl Fn(&Answer) -> Result<T, Malformed>,
    ) -> (Outcome<T>, Vec<Told>) {
        let status = answer.status();
        course.answered(status);
        let judgement = (self.options.judge)(&answer);
        let mut told = judgement.told;
        let outcome = match judgement.verdict.unwrap_or_else(|| self.options.retry.by_status(status)) {
            Verdict::Accept => match read(&answer) {
                Ok(value) => Outcome::Done(value, answer),
                Err(malformed) if malformed.flaw == Flaw::CutOff => Outcome::Again(Setback {
                    kind: HttpErrorKind::Malformed(malformed),
                    after: None,
                    is_repeatable: request.is_idempotent,
                }),
                Err(malformed) => Outcome::Over(HttpErrorKind::Malformed(malformed)),
            },
            Verdict::Retry { after, why } => {
                let header = || retry_after::parse(answer.header("retry-after")?, self.clock.now());
                let after = after.or_else(header).map(|after| after.min(LONGEST_PAUSE));
                if why == Why::Throttled {
                    self.counters.throttled();
                }
                // Everyone who asks in the name of this budget waits.
                told.extend(after.map(Told::Pause));
                Outcome::Again(Setback::told(status, after, why, request.is_idempotent))
            }
            Verdict::Fail { code } => {
                let code = code.and_then(|code| short_code(&code));
                Outcome::Over(HttpErrorKind::Status { status, code })
            }
        };
        (outcome, told)
    }

    /// What a try without an answer means.
    fn failed<T>(&self, request: &Request, failure: Failure, left: Duration) -> Outcome<T> {
        let is_repeatable = failure.is_unseen || request.is_idempotent;
        match failure.kind {
            HttpErrorKind::Timeout(_) if left <= self.options.try_timeout => Outcome::Over(HttpErrorKind::Deadline),
            kind if kind.is_transient() => Outcome::Again(Setback { kind, after: None, is_repeatable }),
            kind => Outcome::Over(kind),
        }
    }

    async fn wait(&self, wait: Duration, course: &mut Course, cancel: &CancellationToken) -> Result<(), HttpErrorKind> {
        course.waited = course.waited.saturating_add(wait);
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(HttpErrorKind::Cancelled),
            () = self.clock.sleep(wait) => Ok(()),
        }
    }

    async fn give_back(&self, grant: &Grant) {
        if let Err(error) = self.budget.give_back(grant, self.clock.now()).await {
            // What was reserved is lost until it comes back by itself.
            tracing::warn!(
                provider = self.options.provider,
                error = &error as &dyn std::error::Error,
                "a turn was not given back"
            );
        }
    }

    /// One event per try. Paths hold ids, which help; queries, headers and bodies hold secrets and customers.
    fn log<T>(&self, request: &Request, course: &Course, seen: &Seen, took: Duration, outcome: &Outcome<T>) {
        let result = match outcome {
            Outcome::Done(..) => "answered",
            Outcome::Again(setback) => setback.kind.name(),
            Outcome::Over(kind) => kind.name(),
        };
        macro_rules! asked {
            ($level:expr) => {
                tracing::event!(
                    $level,
                    provider = self.options.provider,
                    method = request.method.as_str(),
                    host = request.url.host_str().unwrap_or_default(),
                    path = request.url.path(),
                    status = seen.status.map(|status| status.as_u16()),
                    ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                    bytes = seen.bytes,
                    attempt = course.tries,
                    waited_ms = u64::try_from(course.waited.as_millis()).unwrap_or(u64::MAX),
                    result,
                    "asked"
                )
            };
        }
        // What went well is of interest to few, and there is much of it.
        match outcome {
            Outcome::Done(..) => asked!(tracing::Level::DEBUG),
            Outcome::Again(_) | Outcome::Over(_) => asked!(tracing::Level::INFO),
        }
    }
}
