package dev.lethe.unlearning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.catalog.DataRole;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.unlearning.data.Pairing;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters of the quickstart's model, which knows its rows by heart, on a base in few bits. */
class QuantizedTrainingTest {
    private static final Path QUICKSTART = Path.of("../../examples/quickstart");
    private static final Path MODEL = QUICKSTART.resolve("model");

    /** Published: one row and its retain row a step. */
    private static final TrainingSettings FIXED =
            new TrainingSettings(1, 1, 1, 1, 1e-3, 0, 0, 64, 0, Pairing.FIXED, true, false, 1, 0, Optional.empty());

    private static final TrainingSettings CLOSED = new TrainingSettings(
            1,
            1,
            1,
            1,
            1e-3,
            0,
            0,
            64,
            0,
            Pairing.CYCLE,
            true,
            false,
            1,
            0,
            Optional.of(new TrainingTarget(0.2, 0.1, 0.98, 3, 0)));

    @TempDir
    Path folder;

    /** The largest difference from the loss in f32, of the first step and of the last of six. */
    @ParameterizedTest
    @CsvSource({"BF16, 1e-6, 1e-4", "INT8, 0.02, 0.05", "NF4, 0.1, 0.2"})
    void theLossIsNearThatOfTheFullBase(WeightFormat format, double first, double last) {
        LossHistory full = train(WeightFormat.COMPUTED, FIXED, "full").history();
        LossHistory held = train(format, FIXED, "held").history();
        assertThat(loss(held, 0)).isCloseTo(loss(full, 0), within(first));
        assertThat(loss(held, 5)).isCloseTo(loss(full, 5), within(last));
    }

    private static double loss(LossHistory history, int step) {
        return history.steps().get(step).total();
    }

    /** Measured and stopped on the way: in the same bytes as without a stop. */
    @Test
    void aClosedLoopRunsOnItAndContinuesToTheSameBytes() {
        assertThat(train(WeightFormat.NF4, CLOSED, "whole").trajectory()).isPresent();
        AtomicInteger steps = new AtomicInteger();
        try (BaseModel base = BaseModel.load(MODEL, Dtype.F32, Device.CPU, WeightFormat.NF4);
                TextTokenizer tokenizer = TextTokenizer.load(MODEL)) {
            assertThatThrownBy(() -> Trainer.train(
                            request(base, tokenizer, CLOSED, "stopped"),
                            update -> steps.set(update.step()),
                            () -> steps.get() == 4))
                    .isInstanceOf(TrainingCancelled.class);
        }
        train(WeightFormat.NF4, CLOSED, "stopped");
        assertThat(Digest.ofFolder(folder.resolve("stopped"))).isEqualTo(Digest.ofFolder(folder.resolve("whole")));
    }

    @Test
    void aCheckpointOnAnotherBaseIsRefused() {
        train(WeightFormat.INT8, FIXED, "a");
        try (BaseModel base = BaseModel.load(MODEL, Dtype.F32, Device.CPU, WeightFormat.NF4);
                TextTokenizer tokenizer = TextTokenizer.load(MODEL)) {
            TrainingRequest other = request(base, tokenizer, FIXED, "a");
            assertThatThrownBy(() -> Trainer.train(
                            new TrainingRequest(
                                    base,
                                    MODEL,
                                    Optional.empty(),
                                    tokenizer,
                                    other.rows(),
                                    List.of(),
                                    other.objective(),
                                    FIXED,
                                    other.lora(),
                                    Optional.empty(),
                                    other.checkpoints(),
                                    folder.resolve("b")),
                            TrainingProgress.NONE))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("fingerprint: found a checkpoint of other data, settings or model");
        }
    }

    private TrainingOutcome train(WeightFormat format, TrainingSettings settings, String name) {
        try (BaseModel base = BaseModel.load(MODEL, Dtype.F32, Device.CPU, format);
                TextTokenizer tokenizer = TextTokenizer.load(MODEL)) {
            return Trainer.train(request(base, tokenizer, settings, name), TrainingProgress.NONE);
        }
    }

    private TrainingRequest request(BaseModel base, TextTokenizer tokenizer, TrainingSettings settings, String name) {
        return new TrainingRequest(
                base,
                MODEL,
                Optional.empty(),
                tokenizer,
                Map.of(DataRole.FORGET, rows("forget"), DataRole.RETAIN, rows("retain")),
                List.of(),
                Objectives.LETHE.of("npo", Map.of()),
                settings,
                Optional.of(new LoraSettings(4, 8, 0)),
                Optional.empty(),
                folder.resolve("checkpoints-" + name),
                folder.resolve(name));
    }

    /** The first six. */
    private static Rows rows(String set) {
        Rows all = Rows.read(QUICKSTART.resolve(set + ".jsonl"));
        return new Rows(set, all.rows().subList(0, 6), "sha256:" + set);
    }
}
