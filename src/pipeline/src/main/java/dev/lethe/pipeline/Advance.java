package dev.lethe.pipeline;

import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Collectors;

/** Creates every stage whose needs are met, and waits for the others. */
final class Advance {
    private Advance() {}

    static Optional<JobDecision> decide(JobSituation s) {
        var actions = new ArrayList<Action>(s.suspendAll(false));
        var specs = new StageSpecs(s);
        s.views().values().stream()
                .filter(view ->
                        view.resource() == null && !view.summary().phase().terminal() && s.ready(view.node()))
                .map(view -> new Action.CreateStage(specs.resource(view.node())))
                .forEach(actions::add);
        s.time()
                .deadline(s.spec().activeDeadlineSeconds())
                .map(Action.WaitUntil::new)
                .ifPresent(actions::add);
        return Optional.of(new JobDecision(phase(s), Reason.Progressing, message(s), s.summaries(), actions));
    }

    private static Phase phase(JobSituation s) {
        var begun = s.views().values().stream()
                .anyMatch(view ->
                        view.summary().phase().terminal() || view.summary().phase() == Phase.Running);
        return begun ? Phase.Running : Phase.Pending;
    }

    /** What is at work, and what each has to say: why something does not run is asked before all else. */
    private static String message(JobSituation s) {
        var atWork = s.atWork().stream()
                .map(view -> view.summary().message() == null
                        ? view.name()
                        : view.name() + " (" + view.summary().message() + ")")
                .collect(Collectors.joining(", "));
        return atWork.isEmpty() ? "stages are being created" : "at work: " + atWork;
    }
}
