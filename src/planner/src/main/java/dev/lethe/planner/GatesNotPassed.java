package dev.lethe.planner;

import dev.lethe.api.status.Reason;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.gate.Gates;
import java.util.Optional;

/** Everything is measured, and the gates do not let it be published. */
final class GatesNotPassed {
    private GatesNotPassed() {}

    static Optional<JobDecision> decide(JobSituation s) {
        return s.gateResults()
                .filter(results -> Gates.verdict(results) != Verdict.Passed)
                .map(results -> {
                    var verdict = Gates.verdict(results);
                    var reason = verdict == Verdict.Failed ? Reason.GatesFailed : Reason.GatesInconclusive;
                    return JobDecision.failed(
                            s, reason, Gates.explain(results), "nothing is published, as the verdict is " + verdict);
                });
    }
}
