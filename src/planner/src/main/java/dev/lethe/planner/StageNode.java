package dev.lethe.planner;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.Round;
import dev.lethe.planner.recipe.ResolvedJob;
import dev.lethe.planner.recipe.ResolvedJob.ResolvedSpecialist;
import java.util.ArrayList;
import java.util.List;

/**
 * One stage in the graph of a job.
 *
 * @param subject what it trains, measures or publishes, as it is called in the first round: {@code base}, a specialist,
 *     {@code merge}
 * @param round whose it is; that of what is published, for a publication
 * @param needs the stages that must have succeeded before
 */
record StageNode(Kind kind, String subject, Round round, List<String> needs) {
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

    /** The short name: {@code prepare}, {@code train-over}, {@code merge-r2}, {@code eval-base}, {@code publish}. */
    String name() {
        return switch (kind) {
            case ModelPreparation -> PREPARE;
            case ModelTraining -> training(system());
            case ModelMerge -> system();
            case ModelEvaluation -> evaluation(system());
            case ModelPublication -> PUBLISH;
            case UnlearningJob -> throw new IllegalArgumentException("a job is no stage");
        };
    }

    /** The subject, as it is called in the round. */
    String system() {
        return round.name(subject);
    }

    /**
     * The stages of a job, each after those that it needs.
     *
     * @param last the round whose merge is published
     */
    static List<StageNode> graph(ResolvedJob job, Round last) {
        var specialists =
                job.specialists().stream().map(ResolvedSpecialist::name).toList();
        var nodes = new ArrayList<StageNode>();
        // Everything waits for the preparation, which checks the inputs and pins their digests.
        nodes.add(new StageNode(Kind.ModelPreparation, BASE, Round.FIRST, List.of()));
        var prepared = List.of(PREPARE);
        addTrainings(nodes, specialists, Round.FIRST, prepared);
        nodes.add(new StageNode(Kind.ModelEvaluation, BASE, Round.FIRST, prepared));
        specialists.forEach(s -> nodes.add(new StageNode(Kind.ModelEvaluation, s, Round.FIRST, List.of(training(s)))));
        addMerge(nodes, specialists, Round.FIRST);
        for (var round = Round.FIRST.next(); round.number() <= last.number(); round = round.next()) {
            var measured = List.of(evaluation(round.previous().name(MERGE)));
            addTrainings(nodes, specialists, round, measured);
            addMerge(nodes, specialists, round);
        }
        // Publication waits for every evaluation, so that its evidence is complete.
        var before = nodes.stream().map(StageNode::name).toList();
        nodes.add(new StageNode(Kind.ModelPublication, MERGE, last, before));
        return List.copyOf(nodes);
    }

    private static void addTrainings(List<StageNode> nodes, List<String> specialists, Round round, List<String> needs) {
        specialists.forEach(s -> nodes.add(new StageNode(Kind.ModelTraining, s, round, needs)));
    }

    private static void addMerge(List<StageNode> nodes, List<String> specialists, Round round) {
        var trainings = specialists.stream().map(s -> training(round.name(s))).toList();
        nodes.add(new StageNode(Kind.ModelMerge, MERGE, round, trainings));
        nodes.add(new StageNode(Kind.ModelEvaluation, MERGE, round, List.of(round.name(MERGE))));
    }
}
