package dev.lethe.worker.stage;

import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.status.Progress;
import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.Prompting;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.data.Rows;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.lora.StoredAdapter;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.WeightFormat;
import dev.lethe.unlearning.suite.MembershipDocuments;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Threads;
import dev.lethe.unlearning.tokenizer.TextTokenizer;
import dev.lethe.unlearning.training.Trainer;
import dev.lethe.unlearning.training.TrainingCancelled;
import dev.lethe.unlearning.training.TrainingMemory;
import dev.lethe.unlearning.training.TrainingOutcome;
import dev.lethe.unlearning.training.TrainingProgress;
import dev.lethe.unlearning.training.TrainingRequest;
import dev.lethe.worker.Stopped;
import dev.lethe.worker.engine.EngineSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Trains an adapter, or a full model. */
final class TrainingStage {
    private TrainingStage() {}

    static StageOutcome train(ModelTrainingSpec spec, StageInputs inputs, StageOutput output, StageContext context) {
        Threads.set(context.threads());
        Path folder = inputs.path("model", spec.model());
        Optional<StoredAdapter> adapter = Optional.ofNullable(inputs.pathOrNull("adapter", spec.adapter()))
                .map(path -> new StoredAdapter(path, inputs.digest("adapter")));
        try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
            Prompting prompting = EngineSettings.prompting(spec.template(), folder, tokenizer);
            Map<DataRole, Rows> rows = rows(spec, prompting, inputs);
            Path documents = inputs.pathOrNull("nonMembers", spec.nonMembers());
            List<Row> nonMembers = documents == null ? List.of() : MembershipDocuments.read(documents, prompting);
            output.begin();
            return train(spec, folder, adapter, tokenizer, rows, nonMembers, inputs, output, context);
        } catch (TrainingCancelled cancelled) {
            throw new Stopped();
        }
    }

    private static StageOutcome train(
            ModelTrainingSpec spec,
            Path folder,
            Optional<StoredAdapter> adapter,
            TextTokenizer tokenizer,
            Map<DataRole, Rows> rows,
            List<Row> nonMembers,
            StageInputs inputs,
            StageOutput output,
            StageContext context) {
        var settings = Objects.requireNonNull(spec.training());
        Optional<LoraSettings> lora = EngineSettings.lora(spec.mode(), spec.lora());
        Device device = EngineSettings.device(settings.device());
        Dtype dtype = EngineSettings.dtype(settings.dtype(), device);
        TrainingMemory memory =
                new TrainingMemory(BaseModel.check(folder), dtype, lora, EngineSettings.training(settings));
        Optional<WeightFormat> asked = EngineSettings.base(settings.base());
        TrainingMemory.Fit fit =
                device.memory().map(it -> memory.fitted(asked, it.total())).orElseGet(() -> memory.asked(asked));
        BaseModelCache.Key key = new BaseModelCache.Key(folder, inputs.digest("model"), dtype, device, fit.base());
        boolean shared = context.models().makeRoomBeside(key);
        device.memory().ifPresent(it -> memory.requireRoom(fit, it.free(), shared));
        try (BaseModelCache.Lease base = context.models().borrow(key)) {
            base.model().config().trainingNote().ifPresent(Note::say);
            TrainingRequest request = new TrainingRequest(
                    base.model(),
                    folder,
                    Optional.of(inputs.digest("model")),
                    tokenizer,
                    rows,
                    nonMembers,
                    EngineSettings.objective(spec.objective()),
                    fit.settings(),
                    lora,
                    adapter,
                    output.work().resolve("checkpoints"),
                    output.payload());
            TrainingOutcome outcome =
                    Trainer.train(request, progress(context, forgetRows(rows)), context.stop()::isRequested);
            return StageOutcome.of(lora.isPresent() ? "adapter" : "model", counts(outcome));
        }
    }

    private static Map<DataRole, Rows> rows(ModelTrainingSpec spec, Prompting prompting, StageInputs inputs) {
        Map<DataRole, RowsSource> sources = new EnumMap<>(DataRole.class);
        put(sources, DataRole.FORGET, spec.forget());
        put(sources, DataRole.RETAIN, spec.retain());
        put(sources, DataRole.DATA, spec.data());
        put(sources, DataRole.DECOUPLE, spec.decouple());
        Map<DataRole, Rows> rows = new EnumMap<>(DataRole.class);
        sources.forEach((role, source) -> rows.put(role, inputs.rows(role.toString(), source, prompting)));
        return rows;
    }

    private static int forgetRows(Map<DataRole, Rows> rows) {
        return rows.containsKey(DataRole.FORGET) ? rows.get(DataRole.FORGET).size() : 0;
    }

    private static void put(Map<DataRole, RowsSource> sources, DataRole role, @Nullable RowsSource source) {
        if (source != null) {
            sources.put(role, source);
        }
    }

    /** Of a training that ends by a target, how many rows are forgotten: when the rest will be nobody knows. */
    private static TrainingProgress progress(StageContext context, int forgetRows) {
        ProgressEstimator steps = new ProgressEstimator("steps");
        return new TrainingProgress() {
            @Override
            public void stepped(Update update) {
                context.progress()
                        .accept(
                                update.standing().isPresent()
                                        ? new Progress(
                                                forgetRows - update.standing().getAsInt(),
                                                forgetRows,
                                                "rows forgotten",
                                                update.epoch(),
                                                update.loss(),
                                                update.tokensPerSecond(),
                                                "tokens/s",
                                                null,
                                                Instant.now())
                                        : steps.progress(
                                                update.step(),
                                                update.steps(),
                                                update.epoch(),
                                                update.loss(),
                                                update.tokensPerSecond(),
                                                "tokens/s"));
            }

            @Override
            public void noted(String note) {
                Note.say(note);
            }
        };
    }

    private static Map<String, Double> counts(TrainingOutcome outcome) {
        Map<String, Double> counts = new TreeMap<>();
        counts.put("steps", (double) outcome.steps());
        counts.put("continuedFrom", (double) outcome.continuedFrom());
        counts.put("loss", outcome.losses().total());
        counts.put("tokensPerSecond", outcome.tokensPerSecond());
        outcome.trajectory().ifPresent(it -> {
            counts.put("targetReached", it.reached() ? 1.0 : 0.0);
            counts.put("forgottenAt", it.forgottenAt());
            counts.put("forgetExact", it.points().getLast().saw().forgetExact());
            counts.put("retainExact", it.points().getLast().saw().retainExact());
        });
        outcome.movement().forEach((group, moved) -> counts.put("movement/" + group, moved));
        return counts;
    }
}
