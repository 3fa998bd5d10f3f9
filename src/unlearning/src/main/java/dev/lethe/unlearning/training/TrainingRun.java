package dev.lethe.unlearning.training;

import dev.lethe.catalog.DataRole;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.file.FileTree;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.objective.Objective;
import dev.lethe.unlearning.objective.ReferenceModel;
import dev.lethe.unlearning.objective.Terms;
import dev.lethe.unlearning.objective.TrainingModels;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import dev.lethe.unlearning.training.TrainingFailed.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** The steps of one run, from its last checkpoint to its end. */
final class TrainingRun {
    private final TrainingSettings settings;
    private final TrainingRequest request;
    private final TrainableModel trainable;
    private final ReferenceModel reference;
    private final Course course;
    private final AdamW optimizer;
    private final Checkpoints checkpoints;
    private final TrainingProgress progress;
    private final BooleanSupplier cancelled;
    private final List<StepLoss> history = new ArrayList<>();
    private final FittingPasses passes;
    private long tokens;

    TrainingRun(
            TrainingRequest request,
            TrainableModel trainable,
            ReferenceModel reference,
            Course course,
            TrainingProgress progress,
            BooleanSupplier cancelled) {
        this.settings = request.settings();
        this.request = request;
        this.trainable = trainable;
        this.reference = reference;
        this.course = course;
        this.optimizer = new AdamW(trainable.parameters(), settings.weightDecay());
        this.checkpoints = new Checkpoints(request.checkpoints(), request.fingerprint());
        this.passes = new FittingPasses(
                trainable.parameters().values(), PassLimits.of(settings.gradientCheckpointing()), progress::noted);
        this.progress = progress;
        this.cancelled = cancelled;
    }

    TrainingOutcome run() {
        long start = System.nanoTime();
        int first = restored();
        Course.Next next = Course.Next.CONTINUE;
        int done = first;
        while (next != Course.Next.END && done < course.steps()) {
            stopWhereAsked(done);
            history.add(step(done));
            requireFinite(history.getLast());
            done++;
            tell(done, seconds(start));
            next = course.after(done);
            switch (next) {
                case SAVE -> save(done);
                case KEEP -> keep(done);
                case STEP_BACK -> stepBack();
                case END, CONTINUE -> {}
            }
        }
        if (course.savesAnywhere()) {
            save(done);
        }
        return outcome(first, seconds(start));
    }

    /** Steps that the last checkpoint had done. */
    private int restored() {
        checkpoints
                .discardUnusable()
                .forEach(
                        it -> progress.noted(it + ": found a checkpoint of another version of Lethe, or one that is not"
                                + " whole; it is deleted, and its steps are done again"));
        Optional<Checkpoint> checkpoint = checkpoints.latest();
        checkpoint.ifPresentOrElse(
                last -> {
                    restoreWeights(last);
                    course.resume(last.course());
                    history.addAll(last.history().steps());
                },
                () -> {
                    if (course.begin() == Course.Next.SAVE) {
                        save(0);
                    }
                });
        int done = checkpoint.map(Checkpoint::step).orElse(0);
        checkpoints.discardKeptAfter(done);
        return done;
    }

    /** Writes the result: the weights, those of the steps that were kept, and what was measured on the way. */
    void write(TrainingOutcome outcome, Path folder) {
        trainable.save(folder);
        checkpoints.kept().forEach(it -> FileTree.copy(it, folder.resolve(it.getFileName())));
        outcome.history().write(folder);
        outcome.trajectory().ifPresent(it -> it.write(folder));
    }

    private void stepBack() {
        Checkpoint last = checkpoints.latest().orElseThrow();
        restoreWeights(last);
        course.stepBack(last.course());
    }

    private void restoreWeights(Checkpoint checkpoint) {
        checkpoint.restore(state());
        optimizer.continueFrom(checkpoint.updates());
    }

    private StepLoss step(int step) {
        Course.Step now = course.step(step);
        List<MicroBatch> ofStep = now.batches();
        double total = 0;
        SortedMap<String, Double> terms = new TreeMap<>();
        double share = 1.0 / ofStep.size();
        try (Scope _ = new Scope()) {
            List<Terms> losses =
                    passes.gather("training: step " + (step + 1), ofStep, limits -> losses(now, step, limits));
            optimizer.step(now.rate(), settings.maxGradNorm());
            // The only look at a number of the step.
            for (Objective.Loss loss : Terms.read(losses)) {
                total += loss.total() * share;
                loss.terms().forEach((name, value) -> terms.merge(name, value * share, Double::sum));
            }
        }
        tokens += ofStep.stream().mapToInt(MicroBatch::tokenCount).sum();
        return new StepLoss(step + 1, now.epoch(), now.rate(), total, terms);
    }

    private List<Terms> losses(Course.Step now, int step, PassLimits limits) {
        List<Terms> losses = new ArrayList<>();
        double share = 1.0 / now.batches().size();
        for (int i = 0; i < now.batches().size(); i++) {
            losses.add(loss(now.attack(), step, i, now.batches().get(i), share, limits));
        }
        return losses;
    }

    private Terms loss(
            Optional<Adapter> attack, int step, int microBatch, MicroBatch batch, double share, PassLimits limits) {
        // The sum of the own update and that of an attack is part of this micro-batch's graph.
        try (Scope scope = new Scope()) {
            LanguageModel forgetting =
                    attack.map(it -> Relearning.under(trainable.model(), it)).orElse(trainable.model());
            return request.objective()
                    .accumulate(models(forgetting, step, microBatch, limits), batch, share)
                    .keptBy(scope);
        }
    }

    /** The models of one micro-batch; every pass has dropout of its own. */
    private TrainingModels models(LanguageModel forgetting, int step, int microBatch, PassLimits limits) {
        long pass = (long) step * settings.gradientAccumulation() + microBatch;
        return new TrainingModels(
                trainable.model(),
                forgetting,
                reference,
                limits,
                role -> trainable.dropout() == 0
                        ? Dropout.NONE
                        : Dropout.ofPass(
                                trainable.dropout(),
                                settings.seed() ^ role.name().hashCode(),
                                pass));
    }

    private void stopWhereAsked(int step) {
        boolean interrupted = Thread.interrupted(); // a set flag would close every file that a checkpoint opens
        if (interrupted || cancelled.getAsBoolean()) {
            if (step > 0 && course.savesAnywhere()) {
                save(step);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw new TrainingCancelled(step);
        }
    }

    private static void requireFinite(StepLoss loss) {
        loss.terms().forEach((term, value) -> {
            if (!Double.isFinite(value)) {
                throw new TrainingFailed(
                        Reason.LOSS_NOT_FINITE,
                        "training: step %d: loss term %s: found %s, expected a finite number; a lower learning rate may help"
                                .formatted(loss.step(), term, value));
            }
        });
    }

    private void tell(int done, double seconds) {
        progress.stepped(new TrainingProgress.Update(
                done,
                course.steps(),
                course.epochs(done),
                history.getLast().total(),
                seconds > 0 ? tokens / seconds : 0,
                course.trajectory().stream()
                        .mapToInt(it -> it.points().getLast().saw().standing())
                        .findFirst()));
    }

    /** First the weights and then the checkpoint: a run that is killed between the two keeps them once more. */
    private void keep(int step) {
        if (settings.keepCheckpoints() > 0) {
            checkpoints.keep(step, settings.keepCheckpoints(), trainable::save);
        }
        save(step);
    }

    private void save(int step) {
        try {
            checkpoints.save(step, optimizer.steps(), course.state(), state(), new LossHistory(history));
        } catch (InvalidInput e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new TrainingCancelled(
                        checkpoints.latest().map(Checkpoint::step).orElse(0));
            }
            throw e;
        }
    }

    private SortedMap<String, Tensor> state() {
        SortedMap<String, Tensor> state = new TreeMap<>(optimizer.moments());
        trainable.parameters().forEach((name, tensor) -> state.put("weight." + name, tensor));
        course.tensors().forEach((name, tensor) -> state.put("course." + name, tensor));
        return state;
    }

    private TrainingOutcome outcome(int first, double seconds) {
        SortedMap<String, Double> movement = trainable.movement();
        if (movement.values().stream().allMatch(moved -> moved == 0)) {
            throw new TrainingFailed(Reason.DID_NOT_MOVE, "training: the trained weights ended where they began");
        }
        if (!movement.values().stream().allMatch(Double::isFinite)) {
            throw new TrainingFailed(
                    Reason.LOSS_NOT_FINITE, "training: the last step left weights that are not finite numbers");
        }
        SortedMap<DataRole, Integer> rows = new TreeMap<>();
        request.rows().forEach((role, set) -> rows.put(role, set.size()));
        return new TrainingOutcome(
                history.size(),
                first,
                history.getLast(),
                new LossHistory(history),
                course.trajectory(),
                movement,
                rows,
                tokens,
                seconds);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
