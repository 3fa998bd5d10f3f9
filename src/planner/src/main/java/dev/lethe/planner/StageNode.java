package dev.lethe.planner;

import dev.lethe.api.resource.Kind;
import dev.lethe.planner.recipe.ResolvedJob;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedSpecialist;
import java.util.ArrayList;
import java.util.List;

/**
 * One stage in the graph of a job.
 *
 * @param name the short name: {@code prepare}, {@code train-over}, {@code merge}, {@code eval-base}, {@code publish}
 * @param system what it trains, measures or publishes: {@code base}, a specialist, {@code merge}
 * @param needs the stages that must have succeeded before
 */
record StageNode(String name, Kind kind, String system, List<String> needs) {
    static final String PREPARE = "prepare";
    static final String BASE = "base";
    static final String MERGE = "merge";
    static final String PUBLISH = "publish";

    static String training(String specialist) {
        return "train-" + specialist;
    }

    static String evaluation(String system) {
        return "eval-" + system;
    }

    /** The stages of a job, each after those that it needs. */
    static List<StageNode> graph(ResolvedJob job) {
        var specialists =
                job.specialists().stream().map(ResolvedSpecialist::name).toList();
        var trainings = specialists.stream().map(StageNode::training).toList();
        var nodes = new ArrayList<StageNode>();
        // Everything waits for the preparation, which checks the inputs and pins their digests.
        nodes.add(new StageNode(PREPARE, Kind.ModelPreparation, BASE, List.of()));
        var prepared = List.of(PREPARE);
        specialists.forEach(s -> nodes.add(new StageNode(training(s), Kind.ModelTraining, s, prepared)));
        nodes.add(new StageNode(evaluation(BASE), Kind.ModelEvaluation, BASE, prepared));
        specialists.forEach(
                s -> nodes.add(new StageNode(evaluation(s), Kind.ModelEvaluation, s, List.of(training(s)))));
        nodes.add(new StageNode(MERGE, Kind.ModelMerge, MERGE, trainings));
        nodes.add(new StageNode(evaluation(MERGE), Kind.ModelEvaluation, MERGE, List.of(MERGE)));
        // Publication waits for every evaluation, so that its evidence is complete.
        var before = nodes.stream().map(StageNode::name).toList();
        nodes.add(new StageNode(PUBLISH, Kind.ModelPublication, MERGE, before));
        return List.copyOf(nodes);
    }
}
