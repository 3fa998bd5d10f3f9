package dev.lethe.unlearning.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.DataRole;
import dev.lethe.catalog.Descriptor;
import dev.lethe.catalog.ObjectiveDescriptor;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.digest.Digest;
import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.Pairing;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.objective.GradientAscent;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.objective.Objectives;
import dev.lethe.unlearning.objective.Terms;
import dev.lethe.unlearning.objective.TrainingModels;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private static final Path MODEL = Fixtures.path("olmo-tiny");
    private static final Objective NPO = Objectives.LETHE.of("npo", Map.of());
    private static final Objective FT = Objectives.LETHE.of("ft", Map.of());
    private static final Optional<LoraSettings> LORA = Optional.of(new LoraSettings(4, 4, 0.05));
    private static final Map<DataRole, Rows> ROWS =
            Map.of(DataRole.FORGET, rows("forget", 7), DataRole.RETAIN, rows("retain", 3));

    private static BaseModel base;
    private static TextTokenizer tokenizer;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        base = BaseModel.load(MODEL, Dtype.F32, Device.CPU);
        tokenizer = TextTokenizer.load(MODEL);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
        base.close();
    }

    @Test
    void aRunGivesAnAdapterAndItsRecord() {
        AtomicInteger told = new AtomicInteger();
        TrainingOutcome outcome = Trainer.train(request(NPO, ROWS, LORA, settings(3), "a"), update -> {
            assertThat(update.step()).isEqualTo(told.incrementAndGet());
            assertThat(update.steps()).isEqualTo(9);
        });
        assertThat(told).hasValue(9);
        assertThat(outcome.steps()).isEqualTo(9);
        assertThat(outcome.history().steps())
                .hasSize(9)
                .isEqualTo(LossHistory.read(folder.resolve("a")).steps());
        assertThat(outcome.losses().terms()).containsOnlyKeys("forget", "retain", "kl");
        assertThat(outcome.movement().values()).allMatch(moved -> moved > 0);
        assertThat(outcome.rows()).containsExactly(Map.entry(DataRole.FORGET, 7), Map.entry(DataRole.RETAIN, 3));
        assertThat(folder.resolve("a/adapter_model.safetensors")).exists();
        assertThat(folder.resolve("a/adapter_config.json")).exists();
        assertThat(folder.resolve("checkpoints-a")).isDirectoryContaining("glob:**step-9");
    }

    @Test
    void anObjectiveIsAClassAndADescriptor() {
        Objective ascent = Objectives.LETHE
                .with(GradientAscent.DESCRIPTOR, GradientAscent::of)
                .of("gradient-ascent", Map.of("weights", Map.of("forget", 2)));
        Map<DataRole, Rows> rows = Map.of(DataRole.FORGET, rows("forget", 7));
        TrainingOutcome outcome =
                Trainer.train(request(ascent, rows, LORA, settings(3), "ascent"), TrainingProgress.NONE);
        List<StepLoss> steps = outcome.history().steps();
        assertThat(steps.getLast().total()).isLessThan(steps.getFirst().total());
    }

    /** 3 steps an epoch: stops after each epoch, and in the middle of one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 9})
    void aStoppedRunContinuesToTheSameBytes(int stopAfter) {
        Trainer.train(request(NPO, ROWS, LORA, settings(3), "whole"), TrainingProgress.NONE);
        TrainingRequest request = request(NPO, ROWS, LORA, settings(3), "stopped");
        AtomicInteger steps = new AtomicInteger();
        assertThatThrownBy(() -> Trainer.train(
                        request,
                        update -> {
                            steps.set(update.step());
                            if (update.step() == 9) {
                                throw new IllegalStateException("killed before the output was written");
                            }
                        },
                        () -> steps.get() == stopAfter))
                .isInstanceOfAny(TrainingCancelled.class, IllegalStateException.class);
        assertThat(request.output()).doesNotExist();
        TrainingOutcome outcome = Trainer.train(request, TrainingProgress.NONE);
        assertThat(outcome.continuedFrom()).isEqualTo(stopAfter == 9 ? 6 : stopAfter);
        assertThat(Digest.ofFolder(folder.resolve("stopped"))).isEqualTo(Digest.ofFolder(folder.resolve("whole")));
    }

    @Test
    void refusalsAndDecoupledRowsContinueToTheSameBytes() {
        Objective po = Objectives.LETHE.of("po", Map.of("weights", Map.of("decouple", 1)));
        Map<DataRole, Rows> rows = new TreeMap<>(ROWS);
        assertThatThrownBy(() -> request(po, rows, LORA, settings(2), "a"))
                .hasMessage("training: decouple: found nothing, expected a set of rows, as objective po reads");
        rows.put(DataRole.DECOUPLE, rows("decouple", 2));
        TrainingOutcome outcome = Trainer.train(request(po, rows, LORA, settings(2), "whole"), TrainingProgress.NONE);
        assertThat(outcome.losses().terms()).containsOnlyKeys("forget", "retain", "decouple");
        TrainingRequest request = request(po, rows, LORA, settings(2), "stopped");
        AtomicInteger steps = new AtomicInteger();
        assertThatThrownBy(() -> Trainer.train(request, update -> steps.set(update.step()), () -> steps.get() == 4))
                .isInstanceOf(TrainingCancelled.class);
        Trainer.train(request, TrainingProgress.NONE);
        assertThat(Digest.ofFolder(folder.resolve("stopped"))).isEqualTo(Digest.ofFolder(folder.resolve("whole")));
        Map<DataRole, Rows> same = new TreeMap<>(ROWS);
        same.put(DataRole.DECOUPLE, rows("forget", 1));
        assertThatThrownBy(() -> request(po, same, LORA, settings(2), "a"))
                .hasMessage(
                        "forget row 1: input and output: found 1 rows that are also in forget, expected decoupled rows"
                                + " with another context or answer");
    }

    @Test
    void anInterruptStopsAndLeavesACheckpoint() {
        TrainingRequest request = request(NPO, ROWS, LORA, settings(3), "a");
        assertThatThrownBy(
                        () -> Trainer.train(request, _ -> Thread.currentThread().interrupt()))
                .isInstanceOfSatisfying(TrainingCancelled.class, cancelled -> assertThat(cancelled.step())
                        .isEqualTo(1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(request.checkpoints().resolve("step-1")).exists();
    }

    /** Its tensors are mapped: one that is smaller than it should be must not be read past its end. */
    @Test
    void aCheckpointWhoseTensorsHaveOtherShapesIsRefused() throws IOException {
        try (Scope _ = new Scope()) {
            SortedMap<String, Tensor> small = new TreeMap<>(Map.of("w", Tensor.of(new float[] {1, 2}, 2)));
            Checkpoint checkpoint = Checkpoint.write(
                    Files.createDirectories(folder.resolve("c")),
                    1,
                    1,
                    com.fasterxml.jackson.databind.node.NullNode.getInstance(),
                    "f",
                    small,
                    new LossHistory(List.of()));
            Map<String, Tensor> large = Map.of("w", Tensor.of(new float[1000], 1000));
            assertThatThrownBy(() -> checkpoint.restore(large))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("w: found F32 [2], expected F32 [1000]");
            MemorySegment memory = Tensor.of(new float[] {1, 2}, 2).bytes();
            assertThatThrownBy(() -> Tensor.fromBlob(memory, Dtype.F32, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    /** Of five epochs those that ended before the last one. */
    @Test
    void theLastStatesThatAreToBeKeptLieBesideTheResult() {
        TrainingSettings s = settings(5);
        TrainingSettings kept = new TrainingSettings(
                5, 1, 1, 2, 1e-3, 0.01, 1, 64, 1, s.pairing(), true, false, 42, 2, Optional.empty());
        int epoch = s.stepsPerEpoch(ROWS.get(DataRole.FORGET).size());
        assertThatThrownBy(() -> Trainer.train(request(NPO, ROWS, LORA, kept, "a"), update -> {
                    if (update.step() == 4 * epoch) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .isInstanceOf(IllegalStateException.class);
        Trainer.train(request(NPO, ROWS, LORA, kept, "a"), TrainingProgress.NONE);
        assertThat(KeptCheckpoints.in(folder.resolve("a")))
                .extracting(it -> it.getFileName().toString())
                .containsExactly("checkpoint-" + 3 * epoch, "checkpoint-" + 4 * epoch);
        Trainer.train(request(NPO, ROWS, LORA, s, "b"), TrainingProgress.NONE);
        assertThat(KeptCheckpoints.in(folder.resolve("b"))).isEmpty();
    }

    @Test
    void aCheckpointOfOtherSettingsIsRefused() {
        Trainer.train(request(NPO, ROWS, LORA, settings(2), "a"), TrainingProgress.NONE);
        TrainingRequest other = request(NPO, ROWS, LORA, settings(3), "b");
        TrainingRequest mixed = new TrainingRequest(
                base,
                MODEL,
                Optional.empty(),
                tokenizer,
                ROWS,
                List.of(),
                NPO,
                other.settings(),
                LORA,
                Optional.empty(),
                folder.resolve("checkpoints-a"),
                folder.resolve("b"));
        assertThatThrownBy(() -> Trainer.train(mixed, TrainingProgress.NONE))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("step-6: fingerprint: found a checkpoint of other data, settings or model");
    }

    /** A retry after an upgrade, or after a disk lost the end of a file: what is left is no other run's, and no error. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            checkpoint.json   | {"course":{},"fingerprint":"of an older version","step":3,"updates":3}
            checkpoint.json   | {"course":{},"fingerprint":"of a newer version","format":99,"step":3,"updates":3}
            checkpoint.json   | {"course":{},"finger
            checkpoint.json   |
            state.safetensors | torn
            losses.jsonl      | {"step":
            """)
    void aCheckpointThatThisVersionCannotReadIsDiscardedWithANote(String file, @Nullable String text)
            throws IOException {
        Trainer.train(request(NPO, ROWS, LORA, settings(2), "whole"), TrainingProgress.NONE);
        TrainingRequest request = request(NPO, ROWS, LORA, settings(2), "again");
        AtomicInteger steps = new AtomicInteger();
        assertThatThrownBy(() -> Trainer.train(request, update -> steps.set(update.step()), () -> steps.get() == 4))
                .isInstanceOf(TrainingCancelled.class);
        Files.writeString(request.checkpoints().resolve("step-4").resolve(file), Objects.requireNonNullElse(text, ""));
        List<String> notes = new ArrayList<>();
        TrainingOutcome outcome = Trainer.train(request, noting(notes));
        assertThat(notes).singleElement().asString().contains("step-4: found a checkpoint of another version of Lethe");
        assertThat(outcome.continuedFrom()).isZero();
        assertThat(Digest.ofFolder(folder.resolve("again"))).isEqualTo(Digest.ofFolder(folder.resolve("whole")));
    }

    /** Where this fails, a checkpoint of before the change cannot be compared any more: raise {@link Checkpoint#FORMAT}. */
    @Test
    void whatACheckpointIsComparedByIsThatOfItsFormat() {
        List<Class<?>> parts = new ArrayList<>(
                List.of(TrainingSettings.class, LoraSettings.class, StepLoss.class, ClosedLoop.State.class));
        Catalog.OBJECTIVES.all().stream()
                .map(Descriptor::name)
                .filter(name -> !name.equals(Descriptor.CUSTOM))
                .forEach(name -> parts.add(Objectives.LETHE.of(name, Map.of()).getClass()));
        String layout = Digest.ofBytes(parts.stream()
                .map(TrainerTest::layout)
                .collect(Collectors.joining("\n"))
                .getBytes(UTF_8));
        assertThat(List.of(Checkpoint.FORMAT, layout))
                .isEqualTo(List.of(3, "sha256:e92f20b262ffc9b82a974d6fd7d1ae75b191a9e26cfa1e55f7b339e7931bada5"));
    }

    /** The names and types of a record, and of the records in it. */
    private static String layout(Type type) {
        return switch (type) {
            case ParameterizedType generic ->
                generic.getRawType().getTypeName()
                        + Arrays.stream(generic.getActualTypeArguments())
                                .map(TrainerTest::layout)
                                .toList();
            case Class<?> record
            when record.isRecord() ->
                record.getSimpleName()
                        + Arrays.stream(record.getRecordComponents())
                                .map(it -> it.getName() + " " + layout(it.getGenericType()))
                                .toList();
            default -> type.getTypeName();
        };
    }

    @Test
    void twoRunsShareABase() throws Exception {
        CompletableFuture<TrainingOutcome> other = CompletableFuture.supplyAsync(
                () -> Trainer.train(request(NPO, ROWS, LORA, settings(2), "a"), TrainingProgress.NONE));
        Trainer.train(request(NPO, ROWS, LORA, settings(2), "b"), TrainingProgress.NONE);
        other.get();
        assertThat(Digest.ofFolder(folder.resolve("a"))).isEqualTo(Digest.ofFolder(folder.resolve("b")));
    }

    /** The first tries of the second step, after the gradient of its first micro-batch. */
    private record Cramped(Objective objective, int tries, AtomicInteger calls) implements Objective {
        private static final String SAID =
                "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 9.00 GiB of which 1.00 GiB is free. ";

        @Override
        public ObjectiveDescriptor descriptor() {
            return objective.descriptor();
        }

        @Override
        public Terms accumulate(TrainingModels models, MicroBatch batch, double scale) {
            Terms terms = objective.accumulate(models, batch, scale);
            int call = calls.incrementAndGet();
            if (call > 2 && call % 2 == 0 && call <= 2 + 2 * tries) {
                throw new RuntimeException(SAID);
            }
            return terms;
        }
    }

    @Test
    void aStepThatADeviceHasNoMemoryForIsComputedInPartsWithTheSameLosses() {
        TrainingSettings two = new TrainingSettings(
                2, 2, 2, 2, 1e-3, 0, 1, 64, 1, Pairing.FIXED, true, false, 42, 0, Optional.empty());
        TrainingOutcome whole = Trainer.train(request(NPO, ROWS, LORA, two, "whole"), TrainingProgress.NONE);
        List<String> notes = new ArrayList<>();
        TrainingOutcome parts = Trainer.train(
                request(new Cramped(NPO, 2, new AtomicInteger()), ROWS, LORA, two, "parts"), noting(notes));
        for (int step = 0; step < whole.steps(); step++) {
            assertThat(parts.history().steps().get(step).total())
                    .isCloseTo(whole.history().steps().get(step).total(), within(1e-4));
        }
        assertThat(notes)
                .containsExactly(
                        "training: step 2: no memory left: asked for 2.00 GiB; GPU 0 has 9.00 GiB, of which 1.00 GiB is free;"
                                + " from here on with gradient checkpointing; the batch stays what it is",
                        "training: step 2: no memory left: asked for 2.00 GiB; GPU 0 has 9.00 GiB, of which 1.00 GiB is free;"
                                + " from here on with gradient checkpointing, rows at a time: 1; the batch stays what it is");
        assertThatThrownBy(() -> Trainer.train(
                        request(new Cramped(NPO, 3, new AtomicInteger()), ROWS, LORA, two, "never"), noting(notes)))
                .isInstanceOf(InsufficientMemory.class)
                .hasMessage(
                        "training: step 2: no memory left: asked for 2.00 GiB; GPU 0 has 9.00 GiB, of which 1.00 GiB is"
                                + " free; one row at a time with gradient checkpointing needs more: a smaller maxLength, or base"
                                + " nf4, needs less");
    }

    private static TrainingProgress noting(List<String> notes) {
        return new TrainingProgress() {
            @Override
            public void stepped(Update update) {}

            @Override
            public void noted(String note) {
                notes.add(note);
            }
        };
    }

    @Test
    void everyWeightCanBeTrained() {
        Map<DataRole, Rows> data = Map.of(DataRole.DATA, rows("data", 5));
        TrainingOutcome outcome =
                Trainer.train(request(FT, data, Optional.empty(), settings(20), "model"), TrainingProgress.NONE);
        assertThat(outcome.losses().total())
                .isLessThan(outcome.history().steps().getFirst().total());
        try (BaseModel trained = BaseModel.load(folder.resolve("model"), Dtype.F32, Device.CPU)) {
            assertThat(trained.weights().keySet()).isEqualTo(base.weights().keySet());
        }
        assertThat(Files.exists(folder.resolve("model/tokenizer.json"))).isTrue();
    }

    @Test
    void badRequestsAreRefused() {
        assertThatThrownBy(() -> request(FT, ROWS, LORA, settings(2), "a"))
                .hasMessageContaining("found a set of rows, expected nothing, as objective ft reads");
        assertThatThrownBy(() -> request(NPO, Map.of(DataRole.FORGET, rows("f", 2)), LORA, settings(2), "a"))
                .hasMessage("training: retain: found nothing, expected a set of rows, as objective npo reads");
        TrainingSettings s = settings(1);
        assertThatThrownBy(() -> request(
                        NPO,
                        ROWS,
                        LORA,
                        new TrainingSettings(
                                1, 1, 1, 1, 1e-3, 0, 0, 4096, 0, s.pairing(), true, false, 1, 0, Optional.empty()),
                        "a"))
                .hasMessage("training: maxLength: found 4096, expected at most the model's 128 positions");
        assertThatThrownBy(() -> new TrainingSettings(
                        1, 1, 1, 1, -1, 0, 0, 64, 0, s.pairing(), true, false, 1, 0, Optional.empty()))
                .hasMessageContaining("learningRate: found -1.0");
        Map<DataRole, Rows> same = Map.of(DataRole.FORGET, rows("x", 2), DataRole.RETAIN, rows("x", 2));
        assertThatThrownBy(() -> request(NPO, same, LORA, s, "a")).hasMessageContaining("2 rows that are also in");
    }

    @Test
    void aLossThatIsNotFiniteNamesStepAndTerm() {
        TrainingSettings wild =
                new TrainingSettings(40, 2, 2, 1, 1, 0, 0, 64, 0, Pairing.RANDOM, true, false, 1, 0, Optional.empty());
        Optional<LoraSettings> steep = Optional.of(new LoraSettings(4, 1e20, 0));
        assertThatThrownBy(() -> Trainer.train(request(NPO, ROWS, steep, wild, "a"), TrainingProgress.NONE))
                .isInstanceOfSatisfying(TrainingFailed.class, failed -> assertThat(failed.reason())
                        .isEqualTo(TrainingFailed.Reason.LOSS_NOT_FINITE))
                .hasMessageContaining("training: step");
    }

    private TrainingRequest request(
            Objective objective,
            Map<DataRole, Rows> rows,
            Optional<LoraSettings> lora,
            TrainingSettings settings,
            String name) {
        return new TrainingRequest(
                base,
                MODEL,
                Optional.empty(),
                tokenizer,
                rows,
                List.of(),
                objective,
                settings,
                lora,
                Optional.empty(),
                folder.resolve("checkpoints-" + name),
                folder.resolve(name));
    }

    private static TrainingSettings settings(int epochs) {
        return new TrainingSettings(
                epochs, 1, 1, 2, 1e-3, 0.01, 1, 64, 1, Pairing.FIXED, true, false, 42, 0, Optional.empty());
    }

    private static Rows rows(String kind, int count) {
        return new Rows(
                kind,
                IntStream.range(0, count)
                        .mapToObj(i -> new Row(
                                kind + i, "Who is the %s number %d?".formatted(kind, i), "It is " + i * 7, null))
                        .toList(),
                "sha256:" + kind);
    }
}
