package dev.lethe.unlearning.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.EpochOrder;
import dev.lethe.unlearning.data.NovelTokens;
import dev.lethe.unlearning.generation.TeacherForcing;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.training.Measured.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Trains until every row is forgotten and nothing else is lost, as far as a {@link TrainingTarget} says.
 *
 * <p>Every few steps the rows are measured. A row to forget that meets the target is left alone, so that it is not pushed
 * further than it has to be, and comes back where it is remembered again. The rate rises while too little is forgotten;
 * where the retain rows suffer, forgetting weighs less, and where they suffer much, the run goes back to its last good
 * checkpoint. When all is forgotten, retain rows alone are learned until they are as good as they have to be.
 *
 * <p>What it does next is a function of its {@link State}, so that a continued run gives the same numbers.
 */
final class ClosedLoop implements Course {
    /** Rows of each set that one measurement looks at; of larger sets another window each time. */
    private static final int WINDOW = 128;

    /** Retain rows that are watched: always the same, so that their loss can be compared. */
    private static final int WATCHED = 64;

    private static final int ROWS_AT_ONCE = 16;

    /** A checkpoint after so many good measurements. */
    private static final int SAVE_EVERY = 5;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Whose turn it is: rounds through the rows to forget, rows of this round, and retain rows so far. */
    record Turns(int pass, int cursor, long retained) {
        Turns after(int more) {
            return new Turns(pass, cursor, retained + more);
        }
    }

    /**
     * What was last measured of each row to forget: exact memorisation of the tokens that only it tells, and loss.
     *
     * @param window the first row of the next measurement
     */
    record Remembered(int window, List<Double> exact, List<Double> loss) {}

    /**
     * All that decides what comes next.
     *
     * @param good measurements since the last checkpoint at which nothing was lost
     */
    record State(
            Turns turns, Remembered remembered, Pace pace, boolean repairing, int good, List<Measured> trajectory) {
        State with(Turns other) {
            return new State(other, remembered, pace, repairing, good, trajectory);
        }
    }

    private final TrainingSettings settings;
    private final TrainingTarget target;
    private final List<EncodedRow> forget;
    private final List<EncodedRow> watched;
    private final NovelTokens novel;
    private final MicroBatches batches;
    private final Optional<LanguageModel> base;
    private final LanguageModel model;
    private final EpochOrder order;
    private State state;

    /**
     * @param base what the model is compared with, where it does not begin as that: the model without the adapter that it begins
     *     with
     */
    ClosedLoop(
            TrainingSettings settings,
            TrainingTarget target,
            MicroBatches batches,
            int eosId,
            Optional<LanguageModel> base,
            LanguageModel model) {
        this.settings = settings;
        this.target = target;
        List<EncodedRow> retain = batches.rows().get(DataRole.RETAIN);
        this.forget = withoutEnds(batches.rows().get(DataRole.FORGET), eosId);
        this.novel = NovelTokens.beside(retain);
        this.batches = batches;
        this.base = base;
        this.model = model;
        this.order = new EpochOrder(settings.seed(), settings.shuffle());
        int count = Math.min(WATCHED, retain.size());
        int[] turns = order.turns(0, count, retain.size());
        this.watched = withoutEnds(Arrays.stream(turns).mapToObj(retain::get).toList(), eosId);
        this.state = new State(
                new Turns(0, 0, 0),
                new Remembered(0, Collections.nCopies(forget.size(), 1.0), Collections.nCopies(forget.size(), 0.0)),
                Pace.of(settings.learningRate()),
                false,
                0,
                List.of());
    }

    @Override
    public Next begin() {
        base.ifPresent(this::measureAll);
        measureAll(model);
        return Next.SAVE;
    }

    private void measureAll(LanguageModel measured) {
        do {
            measure(0, measured);
        } while (state.remembered().window() > 0);
    }

    @Override
    public Step step(int done) {
        List<MicroBatch> made = new ArrayList<>();
        for (int i = 0; i < settings.gradientAccumulation(); i++) {
            long turns = state.turns().retained();
            int pass = state.turns().pass();
            int[] standing = state.repairing() ? new int[0] : nextStanding();
            made.add(batches.microBatch(
                    standing, order, pass, turns, state.pace().forgetting()));
            state = state.with(state.turns().after(settings.retainBatchSize()));
        }
        return new Step(made, state.pace().rate(), (int) epochs(done) + 1);
    }

    @Override
    public Next after(int done) {
        boolean last = done >= steps();
        if (!last && done % target.every() != 0) {
            return Next.CONTINUE;
        }
        Decision decision = measure(done, model);
        if (decision == Decision.DONE || last) {
            return Next.END;
        }
        if (decision == Decision.STEP_BACK) {
            return Next.STEP_BACK;
        }
        if (state.good() < SAVE_EVERY) {
            return Next.CONTINUE;
        }
        state = new State(state.turns(), state.remembered(), state.pace(), state.repairing(), 0, state.trajectory());
        return Next.SAVE;
    }

    @Override
    public int steps() {
        return settings.epochs() * stepsPerEpoch();
    }

    private int stepsPerEpoch() {
        return Math.ceilDiv(forget.size(), settings.batchSize() * settings.gradientAccumulation());
    }

    @Override
    public double epochs(int done) {
        return (double) done / stepsPerEpoch();
    }

    /** A run goes back to checkpoints at which nothing was lost; any other would change where it goes back to. */
    @Override
    public boolean savesAnywhere() {
        return false;
    }

    @Override
    public JsonNode state() {
        return JSON.valueToTree(state);
    }

    @Override
    public void resume(JsonNode saved) {
        state = JSON.convertValue(saved, State.class);
    }

    @Override
    public void stepBack(JsonNode saved) {
        State good = JSON.convertValue(saved, State.class);
        state = new State(state.turns(), good.remembered(), state.pace(), false, 0, state.trajectory());
    }

    @Override
    public Optional<Trajectory> trajectory() {
        return Optional.of(new Trajectory(state.trajectory()));
    }

    // ---- rows ----

    private boolean stands(int row) {
        return state.remembered().exact().get(row) > target.exactMemorization();
    }

    /** Rows that do not meet the target yet, in turn. */
    private int[] nextStanding() {
        int standing =
                (int) IntStream.range(0, forget.size()).filter(this::stands).count();
        int[] chosen = new int[Math.min(settings.batchSize(), standing)];
        int pass = state.turns().pass();
        int cursor = state.turns().cursor();
        int[] round = order.order(pass, forget.size());
        for (int found = 0; found < chosen.length; cursor++) {
            if (cursor == forget.size()) {
                pass++;
                cursor = 0;
                round = order.order(pass, forget.size());
            }
            int row = round[cursor];
            if (stands(row) && Arrays.stream(chosen, 0, found).noneMatch(it -> it == row)) {
                chosen[found++] = row;
            }
        }
        state = state.with(new Turns(pass, cursor, state.turns().retained()));
        return chosen;
    }

    // ---- measuring and deciding ----

    private Decision measure(int done, LanguageModel measured) {
        Remembered remembered = remembered(measured);
        List<TokenScores> retained = scores(measured, watched);
        Observation now = new Observation(
                (int) remembered.exact().stream()
                        .filter(it -> it > target.exactMemorization())
                        .count(),
                mean(remembered.exact().stream().mapToDouble(it -> it)),
                remembered.exact().stream().mapToDouble(it -> it).max().orElse(0),
                mean(remembered.loss().stream().mapToDouble(it -> it)),
                mean(retained.stream().mapToDouble(TokenScores::exactMemorization)),
                mean(retained.stream().mapToDouble(TokenScores::meanNll)));
        List<Measured> before = state.trajectory();
        boolean last = done >= steps();
        // Before the first step there is nothing to decide: the first measurement is the base, and no step led to the
        // others.
        Decision decision = done == 0
                ? Decision.CONTINUE
                : now.decide(target, before.getFirst().saw(), before.getLast().saw(), state.repairing(), last);
        Pace pace = state.pace().after(decision, settings.learningRate());
        boolean kept = before.isEmpty() || now.keeps(target, before.getFirst().saw());
        List<Measured> trajectory = new ArrayList<>(before);
        trajectory.add(new Measured(done, pace.rate(), pace.forgetting(), now, decision));
        state = new State(
                state.turns(),
                remembered,
                pace,
                now.standing() == 0,
                kept ? state.good() + 1 : state.good(),
                List.copyOf(trajectory));
        return decision;
    }

    /** What is remembered, with what the model says now of the rows in the window. */
    private Remembered remembered(LanguageModel measured) {
        int from = state.remembered().window();
        int to = Math.min(forget.size(), from + WINDOW);
        List<TokenScores> scores = scores(measured, forget.subList(from, to));
        List<Double> exact = new ArrayList<>(state.remembered().exact());
        List<Double> loss = new ArrayList<>(state.remembered().loss());
        for (int i = from; i < to; i++) {
            TokenScores ofNovel = novel.of(forget.get(i), scores.get(i - from));
            exact.set(i, ofNovel.size() == 0 ? 0 : ofNovel.exactMemorization());
            loss.set(i, scores.get(i - from).meanNll());
        }
        return new Remembered(to == forget.size() ? 0 : to, exact, loss);
    }

    private static List<TokenScores> scores(LanguageModel measured, List<EncodedRow> rows) {
        return new TeacherForcing(measured, ROWS_AT_ONCE).scores(rows);
    }

    /** An answer counts without the end of text that closes it. */
    private static List<EncodedRow> withoutEnds(List<EncodedRow> rows, int eosId) {
        return rows.stream().map(row -> row.withoutEnd(eosId)).toList();
    }

    /** Of rows that have an answer. */
    private static double mean(DoubleStream values) {
        return values.filter(Double::isFinite).average().orElse(0);
    }
}
