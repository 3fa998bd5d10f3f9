package dev.lethe.planner;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.recipe.Recipe;
import dev.lethe.planner.status.ActiveTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All that the policies of a job look at.
 *
 * @param spec the job's, completed by its recipe
 * @param views the stages in the order of the graph, by short name
 */
record JobSituation(
        Resource<UnlearningJobSpec, UnlearningJobStatus> job,
        UnlearningJobSpec spec,
        Map<String, StageView> views,
        ActiveTime time,
        Layout layout,
        Instant now) {

    /** @throws dev.lethe.planner.recipe.InvalidSpec if the job cannot run */
    static JobSituation of(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            UnlearningJobStatus before,
            List<? extends Resource<? extends StageSpec, StageResourceStatus>> stages,
            Layout layout,
            Instant now) {
        var spec = Recipe.expand(job.spec());
        var time = new ActiveTime(before.started(), before.suspendedSeconds(), before.suspendedSince());
        return new JobSituation(job, spec, views(job, spec, before, stages), time, layout, now).timed();
    }

    /** With the time as it goes on: not while the job is suspended or queued. */
    private JobSituation timed() {
        return new JobSituation(job, spec, views, time.at(now, suspended() || queued()), layout, now);
    }

    private static Map<String, StageView> views(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            UnlearningJobSpec spec,
            UnlearningJobStatus before,
            List<? extends Resource<? extends StageSpec, StageResourceStatus>> stages) {
        var byName = stages.stream().collect(Collectors.toMap(Resource::name, Function.identity()));
        var remembered = before.stages().stream().collect(Collectors.toMap(StageSummary::name, Function.identity()));
        var results = before.results() == null ? Map.<String, Map<String, MetricValue>>of() : before.results();
        var inputs = before.inputs() == null ? Map.<String, String>of() : before.inputs();
        var views = new LinkedHashMap<String, StageView>();
        for (var node : StageNode.graph(spec)) {
            var resource = byName.get(ResourceName.stage(job.name(), node.name()));
            var metrics = results.getOrDefault(node.system(), Map.of());
            views.put(node.name(), StageView.of(node, resource, remembered.get(node.name()), metrics, inputs));
        }
        return views;
    }

    StageView view(String stage) {
        return Objects.requireNonNull(views.get(stage), stage);
    }

    boolean suspended() {
        return Boolean.TRUE.equals(spec.suspend());
    }

    /** Whether queues hold all that is at work. */
    boolean queued() {
        return !atWork().isEmpty()
                && atWork().stream().allMatch(view -> view.summary().phase() == Phase.Queued);
    }

    List<StageView> atWork() {
        return views.values().stream().filter(StageView::atWork).toList();
    }

    /** Whether a stage can begin, and is not seen to have. */
    boolean due(StageView view) {
        return view.resource() == null && !view.summary().phase().terminal() && ready(view.node());
    }

    /** The situation once every stage that is due has been created. */
    JobSituation begun() {
        var begun = new LinkedHashMap<>(views);
        begun.replaceAll((name, view) -> due(view) ? view.begun() : view);
        return new JobSituation(job, spec, begun, time, layout, now).timed();
    }

    boolean ready(StageNode node) {
        return node.needs().stream().allMatch(need -> view(need).succeeded());
    }

    List<Gate> gates() {
        var evaluation = Objects.requireNonNull(spec.evaluation());
        return Objects.requireNonNull(evaluation.gates());
    }

    /** The digests of what the job reads, by role; none before it is prepared. */
    Map<String, String> inputs() {
        return view(StageNode.PREPARE).inputs();
    }

    /** The gates held against the merge; nothing before everything is measured. */
    Optional<List<GateResult>> gateResults() {
        if (!ready(view(StageNode.PUBLISH).node())) {
            return Optional.empty();
        }
        var merge = view(StageNode.evaluation(StageNode.MERGE)).metrics();
        var base = view(StageNode.evaluation(StageNode.BASE)).metrics();
        return Optional.of(Gates.decide(gates(), merge, base));
    }

    /** Tells every stage at work to stop, or to go on. A suspended stage starts no attempt. */
    List<Action> suspendAll(boolean suspend) {
        var actions = new ArrayList<Action>();
        for (var view : atWork()) {
            if (!view.suspended(suspend)) {
                actions.add(new Action.SuspendStage(ResourceName.stage(job.name(), view.name()), suspend));
            }
        }
        return actions;
    }

    /** Tells every stage at work how often it may be tried, where the job has changed its mind. */
    List<Action> updateAll() {
        return atWork().stream()
                .filter(view -> view.resource() != null
                        && !Objects.equals(view.resource().spec().retry(), spec.retry()))
                .<Action>map(view -> new Action.UpdateStage(ResourceName.stage(job.name(), view.name()), spec.retry()))
                .toList();
    }

    /** Every stage's line. */
    List<StageSummary> summaries() {
        return views.values().stream().map(this::summary).toList();
    }

    private StageSummary summary(StageView view) {
        if (view.created()) {
            return view.summary();
        }
        var missing = view.node().needs().stream()
                .filter(need -> !view(need).succeeded())
                .toList();
        if (!missing.isEmpty()) {
            return view.as(Phase.Pending, Reason.WaitingForStage, "waits for " + String.join(", ", missing));
        }
        return suspended() ? view.as(Phase.Pending, Reason.Suspended, "waits for the job to go on") : view.summary();
    }

    /** Every stage's line when the job ends: what has no outcome is skipped. */
    List<StageSummary> skipRest(String why) {
        return views.values().stream()
                .map(view -> view.summary().phase().terminal()
                        ? view.summary()
                        : view.as(Phase.Skipped, Reason.Skipped, why))
                .toList();
    }
}
