package dev.lethe.planner;

import dev.lethe.api.resource.Gate;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.stage.Round;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.StageSummary;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.api.status.Verdict;
import dev.lethe.planner.gate.Gates;
import dev.lethe.planner.recipe.ResolvedJob;
import dev.lethe.planner.recipe.Resolver;
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
 * The input of a job's policies.
 *
 * @param resolved the job with nothing left unsaid
 * @param views the stages in the order of the graph, by short name
 */
record JobContext(
        Resource<UnlearningJobSpec, UnlearningJobStatus> resource,
        ResolvedJob resolved,
        Map<String, StageView> views,
        ActiveTime time,
        Layout layout,
        Instant now) {

    /** @throws dev.lethe.planner.recipe.InvalidSpec if the job cannot run */
    static JobContext of(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            UnlearningJobStatus before,
            List<? extends Resource<? extends StageSpec, StageResourceStatus>> stages,
            Layout layout,
            Instant now) {
        var resolved = Resolver.resolve(job.spec(), before);
        var time = new ActiveTime(before.started(), before.suspendedSeconds(), before.suspendedSince());
        return new JobContext(job, resolved, views(job, resolved, before, stages), time, layout, now).timed();
    }

    /** With the active time advanced; it stands still while the job is suspended or queued. */
    private JobContext timed() {
        return new JobContext(resource, resolved, views, time.at(now, suspended() || queued()), layout, now);
    }

    /**
     * The stages of all rounds so far. Another one is there where the gates refused the merge of the last one and the job allows
     * it; one that was begun stays, whatever is seen of those before.
     */
    private static Map<String, StageView> views(
            Resource<UnlearningJobSpec, UnlearningJobStatus> job,
            ResolvedJob resolved,
            UnlearningJobStatus before,
            List<? extends Resource<? extends StageSpec, StageResourceStatus>> stages) {
        var byName = stages.stream().collect(Collectors.toMap(Resource::name, Function.identity()));
        var remembered = before.stages().stream().collect(Collectors.toMap(StageSummary::name, Function.identity()));
        var results = before.results() == null ? Map.<String, Map<String, MetricValue>>of() : before.results();
        var inputs = before.inputs() == null ? Map.<String, String>of() : before.inputs();
        Function<Round, Map<String, StageView>> until = last -> {
            var views = new LinkedHashMap<String, StageView>();
            for (var node : StageNode.graph(resolved, last)) {
                var resource = byName.get(ResourceName.stage(job.name(), node.name()));
                var metrics = results.getOrDefault(node.system(), Map.of());
                views.put(node.name(), StageView.of(node, resource, remembered.get(node.name()), metrics, inputs));
            }
            return views;
        };
        var last = Round.FIRST;
        var views = until.apply(last);
        while (last.number() < resolved.rounds()) {
            var next = until.apply(last.next());
            if (!refused(resolved, views) && !begun(next, last.next())) {
                break;
            }
            last = last.next();
            views = next;
        }
        return views;
    }

    /** Whether everything is measured, and nothing but the numbers of the last merge is in the way of its publication. */
    private static boolean refused(ResolvedJob resolved, Map<String, StageView> views) {
        var publication = publication(views);
        if (!needsMet(publication, views)) {
            return false;
        }
        // More training cures no missing measurement.
        var verdicts = decided(resolved, views, publication.round()).stream()
                .map(GateResult::verdict)
                .collect(Collectors.toSet());
        return verdicts.contains(Verdict.Failed) && !verdicts.contains(Verdict.Inconclusive);
    }

    private static boolean begun(Map<String, StageView> views, Round round) {
        return views.values().stream()
                .anyMatch(view -> view.node().round().equals(round)
                        && view.node().kind() != Kind.ModelPublication
                        && view.created());
    }

    private static StageNode publication(Map<String, StageView> views) {
        return Objects.requireNonNull(views.get(StageNode.PUBLISH)).node();
    }

    /** The gates for the merge of a round, which is measured, as the base is. */
    private static List<GateResult> decided(ResolvedJob resolved, Map<String, StageView> views, Round round) {
        var merge = Objects.requireNonNull(views.get(StageNode.evaluation(round.name(StageNode.MERGE))));
        var base = Objects.requireNonNull(views.get(StageNode.evaluation(StageNode.BASE)));
        return Gates.decide(resolved.evaluation().gates(), merge.metrics(), base.metrics());
    }

    StageView view(String stage) {
        return Objects.requireNonNull(views.get(stage), stage);
    }

    boolean suspended() {
        return resolved.execution().suspended();
    }

    /** Whether every active stage is queued. */
    boolean queued() {
        return !activeStages().isEmpty()
                && activeStages().stream().allMatch(view -> view.summary().phase() == Phase.Queued);
    }

    List<StageView> activeStages() {
        return views.values().stream().filter(StageView::active).toList();
    }

    /** Whether a stage can begin, and does not exist. */
    boolean readyToCreate(StageView view) {
        return view.resource() == null && !view.summary().phase().terminal() && needsMet(view.node());
    }

    /** The context once every stage that is ready has been created. */
    JobContext withReadyStagesCreated() {
        var after = new LinkedHashMap<>(views);
        after.replaceAll((name, view) -> readyToCreate(view) ? view.asCreated() : view);
        return new JobContext(resource, resolved, after, time, layout, now).timed();
    }

    private boolean needsMet(StageNode node) {
        return needsMet(node, views);
    }

    private static boolean needsMet(StageNode node, Map<String, StageView> views) {
        return node.needs().stream()
                .allMatch(need -> Objects.requireNonNull(views.get(need), need).succeeded());
    }

    /** The round whose merge is published where its gates pass. */
    Round round() {
        return publication(views).round();
    }

    List<Gate> gates() {
        return resolved.evaluation().gates();
    }

    /** The digests of the job's inputs, by role; none before it is prepared. */
    Map<String, String> inputs() {
        return view(StageNode.PREPARE).inputs();
    }

    /** The gates, decided for the merge of the last round; empty before everything is measured. */
    Optional<List<GateResult>> gateResults() {
        var publication = publication(views);
        return needsMet(publication) ? Optional.of(decided(resolved, views, publication.round())) : Optional.empty();
    }

    /** The gates, decided for the merge of the round before; empty in the first. */
    Optional<List<GateResult>> refusal() {
        return Optional.of(round())
                .filter(round -> !round.equals(Round.FIRST))
                .map(round -> decided(resolved, views, round.previous()));
    }

    /** Suspends or resumes every active stage. */
    List<JobAction> suspendAll(boolean suspend) {
        var actions = new ArrayList<JobAction>();
        for (var view : activeStages()) {
            if (!view.hasSuspend(suspend)) {
                actions.add(new JobAction.SuspendStage(ResourceName.stage(resource.name(), view.name()), suspend));
            }
        }
        return actions;
    }

    /** Passes a changed {@code spec.retry} on to every active stage. */
    List<JobAction> updateAll() {
        var retry = resolved.execution().retry();
        return activeStages().stream()
                .filter(view -> view.resource() != null
                        && !Objects.equals(view.resource().spec().execution().retry(), retry))
                .<JobAction>map(
                        view -> new JobAction.UpdateStage(ResourceName.stage(resource.name(), view.name()), retry))
                .toList();
    }

    /** The summaries of all stages. */
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
            return view.summaryWith(Phase.Pending, Reason.WaitingForStage, "waits for " + String.join(", ", missing));
        }
        return suspended()
                ? view.summaryWith(Phase.Pending, Reason.Suspended, "waits for the job to go on")
                : view.summary();
    }

    /** The summaries of all stages when the job ends: those without an outcome are skipped. */
    List<StageSummary> skipRest(String why) {
        return views.values().stream()
                .map(view -> view.summary().phase().terminal()
                        ? view.summary()
                        : view.summaryWith(Phase.Skipped, Reason.Skipped, why))
                .toList();
    }
}
