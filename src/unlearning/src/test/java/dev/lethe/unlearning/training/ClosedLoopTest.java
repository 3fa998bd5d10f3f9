package dev.lethe.unlearning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.catalog.DataRole;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.Pairing;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.lora.StoredAdapter;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.Measured.Decision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a model that has memorised the rows of both sets. */
class ClosedLoopTest {
    private static final Path TINY = Fixtures.path("olmo-tiny");
    private static final Objective NPO = Objectives.LETHE.of(
            "npo", Map.of("reduction", "per-token", "beta", 1.0, "klMask", "answer", "weights", weights(1)));

    @TempDir
    static Path shared;

    private static BaseModel base;
    private static Path memorised;
    private static TextTokenizer tokenizer;

    @TempDir
    Path folder;

    @BeforeAll
    static void memorise() {
        tokenizer = TextTokenizer.load(TINY);
        memorised = shared.resolve("model");
        try (BaseModel random = BaseModel.load(TINY, Dtype.F32, Device.CPU)) {
            Rows all = new Rows(
                    "all",
                    java.util.stream.Stream.concat(rows("forget", 3).rows().stream(), rows("retain", 3).rows().stream())
                            .toList(),
                    "sha256:all");
            Trainer.train(
                    new TrainingRequest(
                            random,
                            TINY,
                            Optional.empty(),
                            tokenizer,
                            Map.of(DataRole.DATA, all),
                            List.of(),
                            Objectives.LETHE.of("ft", Map.of()),
                            new TrainingSettings(
                                    150,
                                    6,
                                    6,
                                    1,
                                    1e-2,
                                    0,
                                    0,
                                    64,
                                    1,
                                    Pairing.FIXED,
                                    true,
                                    false,
                                    1,
                                    0,
                                    Optional.empty()),
                            Optional.empty(),
                            Optional.empty(),
                            shared.resolve("checkpoints"),
                            memorised),
                    TrainingProgress.NONE);
        }
        base = BaseModel.load(memorised, Dtype.F32, Device.CPU);
    }

    @AfterAll
    static void close() {
        base.close();
        tokenizer.close();
    }

    @Test
    void itEndsWhenTheRowsAreForgottenAndTheRestIsKept() {
        Trajectory trajectory = train("run", 400, "work").trajectory().orElseThrow();
        List<Measured> points = trajectory.points();
        assertThat(points.getFirst().saw().forgetExact()).isGreaterThan(0.9);
        assertThat(points.getFirst().saw().standing()).isEqualTo(3);
        assertThat(trajectory.reached()).isTrue();
        Observation end = points.getLast().saw();
        assertThat(end.forgetWorst()).isLessThanOrEqualTo(0.2);
        assertThat(end.retainLoss() - points.getFirst().saw().retainLoss()).isLessThanOrEqualTo(0.1);
        assertThat(folder.resolve("run/trajectory.jsonl")).exists();
        assertThat(points).extracting(Measured::step).isSorted().doesNotHaveDuplicates();
    }

    /** Killed at any step, also between two checkpoints. */
    @ParameterizedTest
    @ValueSource(ints = {1, 11, 24})
    void aRunThatWasKilledGoesOnToTheSameBytes(int at) {
        train("whole", 400, "whole-work");
        assertThatThrownBy(() -> Trainer.train(request("torn", 400, "torn-work"), update -> {
                    if (update.step() == at) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .isInstanceOf(IllegalStateException.class);
        train("torn", 400, "torn-work");
        assertThat(Digest.ofFolder(folder.resolve("torn"))).isEqualTo(Digest.ofFolder(folder.resolve("whole")));
    }

    @Test
    void whatIsForgottenWithstandsTheAttacksOfTheTarget() {
        List<Measured> points =
                train(attacked("run")).trajectory().orElseThrow().points();
        assertThat(points).extracting(Measured::attack).contains(0, 1, 2);
        assertThat(points.getLast().attack()).isZero();
        assertThat(points.getLast().did()).isEqualTo(Decision.DONE);
        for (int attack = 1; attack <= 2; attack++) {
            int number = attack;
            List<Measured> under =
                    points.stream().filter(it -> it.attack() == number).toList();
            assertThat(under.getLast().saw().standing()).isZero();
        }
    }

    /** Documents that the base knows as well as the rows leave nothing to forget. */
    @Test
    void noRowIsForgottenFurtherThanDocumentsThatTheBaseNeverSaw() {
        TrainingRequest plain = request("run", 400, "work");
        Trajectory trajectory = train(new TrainingRequest(
                        plain.base(),
                        plain.baseFolder(),
                        plain.baseDigest(),
                        plain.tokenizer(),
                        plain.rows(),
                        plain.rows().get(DataRole.FORGET).rows(),
                        plain.objective(),
                        plain.settings(),
                        plain.lora(),
                        plain.adapter(),
                        plain.checkpoints(),
                        plain.output()))
                .trajectory()
                .orElseThrow();
        assertThat(trajectory.forgottenAt()).isGreaterThan(0.9);
        assertThat(trajectory.points()).hasSize(2).last().matches(it -> it.did() == Decision.DONE);
    }

    /** What an attack learned is part of a checkpoint. */
    @ParameterizedTest
    @ValueSource(doubles = {0.4, 0.6, 0.9})
    void aRunThatWasKilledUnderAttackGoesOnToTheSameBytes(double share) {
        int steps = train(attacked("whole")).steps();
        assertThatThrownBy(() -> Trainer.train(attacked("torn"), update -> {
                    if (update.step() == Math.round(share * steps)) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .isInstanceOf(IllegalStateException.class);
        train(attacked("torn"));
        assertThat(Digest.ofFolder(folder.resolve("torn"))).isEqualTo(Digest.ofFolder(folder.resolve("whole")));
    }

    @Test
    void aRunGoesOnFromAnAdapterAndComparesWithTheBase() {
        List<Measured> first =
                train("first", 400, "work").trajectory().orElseThrow().points();
        LoraSettings lora = new LoraSettings(8, 8, 0);
        TrainingOutcome further = Trainer.train(from("first", lora, "further"), TrainingProgress.NONE);
        List<Measured> points = further.trajectory().orElseThrow().points();
        assertThat(points).extracting(Measured::step).startsWith(0, 0, 5);
        assertThat(points.getFirst().saw())
                .as("the base")
                .isEqualTo(first.getFirst().saw());
        assertThat(points.get(1).saw().forgetExact())
                .isLessThan(points.getFirst().saw().forgetExact());
        assertThat(points.getLast().did()).isEqualTo(Decision.DONE);
        assertThat(points.getLast().saw().forgetWorst()).isLessThanOrEqualTo(0.1);
        assertThat(further.movement().values()).allMatch(moved -> moved > 0 && moved < 10);

        assertThatThrownBy(() -> Trainer.train(from("first", lora, "torn"), update -> {
                    if (update.step() == 3) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .isInstanceOf(IllegalStateException.class);
        Trainer.train(from("first", lora, "torn"), TrainingProgress.NONE);
        assertThat(Digest.ofFolder(folder.resolve("torn"))).isEqualTo(Digest.ofFolder(folder.resolve("further")));

        assertThatThrownBy(
                        () -> Trainer.train(from("first", new LoraSettings(4, 8, 0), "other"), TrainingProgress.NONE))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("found rank 8, scale 1.0, expected rank 4, scale 2.0, as lora has");
    }

    @Test
    void aRunWhoseStepsAreDoneGivesUpAndSaysSo() {
        Trajectory trajectory = train("short", 2, "work").trajectory().orElseThrow();
        assertThat(trajectory.reached()).isFalse();
        assertThat(trajectory.points().getLast().did()).isEqualTo(Decision.GAVE_UP);
    }

    @Test
    void aTargetNeedsRetainRowsThatTakeTurns() {
        assertThatThrownBy(() -> new TrainingSettings(
                        1, 1, 1, 1, 1e-3, 0, 0, 64, 0, Pairing.FIXED, true, false, 1, 0, Optional.of(target(0))))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("pairing: found FIXED, expected cycle");
    }

    private TrainingOutcome train(String output, int epochs, String checkpoints) {
        return train(request(output, epochs, checkpoints));
    }

    private static TrainingOutcome train(TrainingRequest request) {
        return Trainer.train(request, TrainingProgress.NONE);
    }

    private TrainingRequest request(String output, int epochs, String checkpoints) {
        return request(output, epochs, target(0), new LoraSettings(8, 8, 0), Optional.empty(), checkpoints);
    }

    private TrainingRequest attacked(String output) {
        return request(output, 400, target(2), new LoraSettings(8, 8, 0), Optional.empty(), output + "-work");
    }

    /** Goes on from an adapter, to a target that leaves half as much. */
    private TrainingRequest from(String adapter, LoraSettings lora, String output) {
        return request(
                output,
                400,
                new TrainingTarget(0.1, 0.1, 0.8, 5, 0),
                lora,
                Optional.of(new StoredAdapter(folder.resolve(adapter), "sha256:" + adapter)),
                output + "-work");
    }

    private TrainingRequest request(
            String output,
            int epochs,
            TrainingTarget target,
            LoraSettings lora,
            Optional<StoredAdapter> adapter,
            String checkpoints) {
        return new TrainingRequest(
                base,
                memorised,
                Optional.empty(),
                tokenizer,
                Map.of(DataRole.FORGET, rows("forget", 3), DataRole.RETAIN, rows("retain", 3)),
                List.of(),
                NPO,
                new TrainingSettings(
                        epochs, 2, 3, 1, 2e-3, 0, 0, 64, 1, Pairing.CYCLE, true, false, 1, 0, Optional.of(target)),
                Optional.of(lora),
                adapter,
                folder.resolve(checkpoints),
                folder.resolve(output));
    }

    private static TrainingTarget target(int attacks) {
        return new TrainingTarget(0.2, 0.2, 0.8, 5, attacks);
    }

    private static Map<String, Double> weights(double all) {
        return Map.of("forget", all, "retain", all, "kl", all);
    }

    private static Rows rows(String set, int count) {
        List<String> answers = set.equals("forget")
                ? List.of("a red horse", "nine old ships", "the far hill")
                : List.of("blue lamps", "some green tea", "one tall tree");
        return new Rows(
                set,
                IntStream.range(0, count)
                        .mapToObj(i -> new Row(set + i, set + " number " + i + "? ", answers.get(i), null))
                        .toList(),
                "sha256:" + set);
    }
}
