package dev.lethe.planner;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageSummary;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Creates every stage whose needs are met, and waits for the others. */
final class Advance {
    private static final Set<Reason> ON_ITS_WAY =
            Set.of(Reason.Pending, Reason.Progressing, Reason.Retrying, Reason.Suspended);

    private Advance() {}

    static Optional<JobDecision> decide(JobSituation s) {
        var actions = new ArrayList<Action>(s.suspendAll(false));
        actions.addAll(s.updateAll());
        var specs = new StageSpecs(s);
        s.views().values().stream()
                .filter(s::due)
                .map(view -> new Action.CreateStage(specs.resource(view.node())))
                .forEach(actions::add);
        s.time()
                .deadline(s.spec().activeDeadlineSeconds())
                .map(Action.WaitUntil::new)
                .ifPresent(actions::add);
        var begun = s.begun();
        return Optional.of(
                new JobDecision(begun, phase(begun), reason(begun), message(begun), begun.summaries(), actions));
    }

    private static Phase phase(JobSituation s) {
        if (s.queued()) {
            return Phase.Queued;
        }
        // A job that has only been prepared has not begun with what it is for.
        var begun = s.views().values().stream()
                .anyMatch(view -> view.summary().phase() == Phase.Running
                        || (view.summary().phase().terminal() && view.node().kind() != Kind.ModelPreparation));
        return begun ? Phase.Running : Phase.Pending;
    }

    /** Where nothing runs, why the first does not that waits for something outside of the job. */
    private static Reason reason(JobSituation s) {
        var summaries = s.atWork().stream().map(StageView::summary).toList();
        return summaries.stream().anyMatch(it -> it.phase() == Phase.Running)
                ? Reason.Progressing
                : summaries.stream()
                        .map(StageSummary::reason)
                        .filter(it -> !ON_ITS_WAY.contains(it))
                        .findFirst()
                        .orElse(Reason.Progressing);
    }

    /** What is at work, and what each has to say: why something does not run is asked before all else. */
    private static String message(JobSituation s) {
        return s.atWork().stream()
                .map(view -> view.summary().message() == null
                        ? view.name()
                        : view.name() + " (" + view.summary().message() + ")")
                .collect(Collectors.joining(", ", "at work: ", ""));
    }
}
