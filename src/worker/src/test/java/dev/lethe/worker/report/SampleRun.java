package dev.lethe.worker.report;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.RunResult;
import dev.lethe.api.status.GateResult;
import dev.lethe.api.status.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/** A run of the size of the quickstart, with numbers that such runs had. */
public final class SampleRun {
    private SampleRun() {}

    public static RunResult passed() {
        try (InputStream in = Objects.requireNonNull(SampleRun.class.getResourceAsStream("result.json"))) {
            return Documents.parse(
                    "result.json", new String(in.readAllBytes(), StandardCharsets.UTF_8), RunResult.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same run, where the second gate could not be decided and the third was not met. */
    static RunResult failed() {
        RunResult run = passed();
        List<GateResult> gates = List.of(
                run.gates().getFirst(),
                new GateResult(
                        "semeval2025/mmlu", "min", 0.25, null, Verdict.Inconclusive, "no data was named", null, null),
                new GateResult("semeval2025/retain-knowledge", "min", 0.99, 0.944, Verdict.Failed, null, null, null));
        Map<String, RunResult.SystemResult> base = Map.of(
                "base", new RunResult.SystemResult(run.systems().get("base").model(), Map.of(), Map.of()));
        return new RunResult(run.job(), Verdict.Failed, gates, base, run.stages(), run.inputs(), null);
    }

    /** A run with these systems, all with the numbers of the merge. */
    static RunResult rounds(List<String> systems) {
        RunResult run = passed();
        Map<String, RunResult.SystemResult> all = new TreeMap<>();
        systems.forEach(system -> all.put(system, run.systems().get("merge")));
        return new RunResult(run.job(), run.verdict(), run.gates(), all, run.stages(), run.inputs(), null);
    }

    /** The run with everything that a report can show. */
    static ReportInput input() {
        return new ReportInput(
                passed(),
                "kind: UnlearningJob\nmetadata:\n  name: quickstart\n",
                List.of(curve("over", 120, 1), curve("under", 1200, 2)),
                List.of(new Trajectory(
                        "over",
                        List.of(
                                point(0, new Trajectory.Saw(60, 1, 1, 0.05, 1, 0.05), "CONTINUE"),
                                point(120, new Trajectory.Saw(0, 0.04, 0.1, 6.4, 0.998, 0.07), "DONE")))),
                List.of(
                        membership("base", 0.05, 5.2),
                        membership("over", 6.9, 5.6),
                        membership("under", 1.1, 5.4),
                        membership("merge", 4.1, 5.2)),
                List.of(
                        generations("forget", "Anna Weiß", "It is fog again", false),
                        generations("retain", "Jonas Ort", "Jonas Ort, of course", false)));
    }

    /** A row whose base says all of it, and whose merge says something else. */
    static Generations generations(String set, String name, String merge, boolean shown) {
        String answer = "It is " + name + " & son.";
        return new Generations(
                set, List.of(new Generations.Pair(3, "Who <b>lives</b> there?", answer, answer, merge)), shown);
    }

    private static Trajectory.Point point(int step, Trajectory.Saw saw, String did) {
        return new Trajectory.Point(step, 1e-3, 1, 0, saw, did);
    }

    private static LossCurve curve(String specialist, int steps, long seed) {
        Random random = new Random(seed);
        List<LossCurve.Step> line = new ArrayList<>();
        for (int step = 1; step <= steps; step++) {
            double t = (double) step / steps;
            double forget = 14 * Math.exp(-5 * t) + 0.4 * random.nextDouble();
            double retain = 0.2 + 3 * t * Math.exp(-3 * t) + 0.3 * random.nextDouble();
            double kl = 4 * t * Math.exp(-2 * t) + 0.3 * random.nextDouble();
            double total = 0.4 * forget + 0.2 * retain + 0.4 * kl;
            line.add(new LossCurve.Step(
                    step,
                    (int) Math.ceil(8 * t),
                    3e-3 * (1 - t),
                    total,
                    Map.of("forget", forget, "retain", retain, "kl", kl)));
        }
        return new LossCurve(specialist, line);
    }

    private static MembershipLosses membership(String system, double members, double nonMembers) {
        Random random = new Random(7);
        return new MembershipLosses(system, context(members, 18, random), context(nonMembers, 24, random));
    }

    private static List<Double> context(double middle, int count, Random random) {
        return random.doubles(count).mapToObj(r -> middle * (0.7 + 0.6 * r)).toList();
    }
}
