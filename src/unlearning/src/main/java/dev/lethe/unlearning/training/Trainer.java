package dev.lethe.unlearning.training;

import dev.lethe.catalog.DataRole;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.AtomicDirectory;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.Refusals;
import dev.lethe.unlearning.data.RowEncoding;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.objective.ReferenceModel;
import dev.lethe.unlearning.tensor.Scope;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Trains a model by an objective. A run that is started again with the same request continues from its last checkpoint, and on one
 * thread of a CPU ends in the same bytes as one that was never stopped.
 */
public final class Trainer {
    private Trainer() {}

    /** {@link #train(TrainingRequest, TrainingProgress, BooleanSupplier)}, stopped by an interrupt of the thread alone. */
    public static TrainingOutcome train(TrainingRequest request, TrainingProgress progress) {
        return train(request, progress, () -> false);
    }

    /**
     * Trains on the calling thread, writes a checkpoint after every epoch, and the result to the request's output, with
     * {@code checkpoint-STEP} folders of earlier weights where the settings keep some.
     *
     * @param cancelled asked before every step; an interrupt of the thread has the same effect
     * @throws InvalidInput where the request cannot be carried out
     * @throws TrainingFailed where a loss is not finite or the weights did not move
     * @throws TrainingCancelled where it was stopped; a checkpoint of the last step stays
     */
    public static TrainingOutcome train(TrainingRequest request, TrainingProgress progress, BooleanSupplier cancelled) {
        try (Scope _ = new Scope();
                TrainableModel trainable = trainable(request);
                Course course = course(request, new LanguageModel(request.base()), trainable.model());
                AtomicDirectory output = AtomicDirectory.create(request.output())) {
            TrainingRun run = new TrainingRun(
                    request,
                    trainable,
                    new ReferenceModel(
                            new LanguageModel(request.base()),
                            request.settings().until().isPresent()),
                    course,
                    progress,
                    cancelled);
            TrainingOutcome outcome = run.run();
            run.write(outcome, output.path());
            output.commit();
            return outcome;
        }
    }

    private static Course course(TrainingRequest request, LanguageModel base, LanguageModel model) {
        TrainingSettings settings = request.settings();
        MicroBatches batches = batches(request);
        return settings.until()
                .<Course>map(target -> new ClosedLoop(
                        settings,
                        target,
                        batches,
                        request.tokenizer().eosId(),
                        nonMembers(request),
                        base,
                        request.adapter().isPresent(),
                        model))
                .orElseGet(() -> FixedCourse.of(settings, batches));
    }

    /** In the very tokens that rows to forget would have. */
    private static List<EncodedRow> nonMembers(TrainingRequest request) {
        return request.nonMembers().stream().map(encoding(request)::encode).toList();
    }

    private static RowEncoding encoding(TrainingRequest request) {
        return new RowEncoding(request.tokenizer(), request.settings().maxLength());
    }

    private static TrainableModel trainable(TrainingRequest request) {
        return request.lora().isPresent() ? TrainableAdapter.begin(request) : TrainableFullModel.begin(request);
    }

    private static MicroBatches batches(TrainingRequest request) {
        RowEncoding encoding = encoding(request);
        Map<DataRole, List<EncodedRow>> encoded = new EnumMap<>(DataRole.class);
        new TreeMap<>(request.rows()).forEach((role, rows) -> encoded.put(role, encoding.encode(rows)));
        Optional<Refusals> refusals =
                request.objective().refuses() ? Optional.of(Refusals.of(encoding)) : Optional.empty();
        return new MicroBatches(
                request.settings(), encoded, refusals, request.tokenizer().padId());
    }
}
