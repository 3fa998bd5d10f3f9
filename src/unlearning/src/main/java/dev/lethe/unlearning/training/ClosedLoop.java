package dev.lethe.unlearning.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.EpochOrder;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.generation.TeacherForcing;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.objective.MicroBatch;
import dev.lethe.unlearning.training.Measured.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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

    /** A mean loss of the rows to forget that rises by less than this, in nats per token, is too slow. */
    private static final double TOO_SLOW = 0.2;

    private static final double FASTER = 1.5;
    private static final double GENTLER = 0.5;
    private static final double SLOWER = 0.75;
    private static final double RECOVERY = 1.25;

    /** How far the rate may leave the one that was set, by a factor. */
    private static final double RATE_RANGE = 8;

    private static final double LEAST_FORGETTING = 1.0 / 32;

    /** The run goes back where the retain rows' loss rises by so many times what it may. */
    private static final double MUCH = 10;

    /** A checkpoint after so many good measurements. */
    private static final int SAVE_EVERY = 5;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * All that decides what comes next.
     *
     * @param pass rounds through the rows to forget
     * @param cursor rows of this round that had their turn
     * @param retainTurns retain rows that had their turn
     * @param window the first row of the next measurement, where not all are measured at once
     * @param exact each row's exact memorisation when it was last measured
     * @param good measurements since the last checkpoint at which nothing was lost
     */
    record State(
            int pass,
            int cursor,
            long retainTurns,
            int window,
            double rate,
            double forgetting,
            boolean repairing,
            List<Double> exact,
            List<Double> loss,
            int good,
            List<Measured> trajectory) {}

    private final TrainingSettings settings;
    private final TrainingTarget target;
    private final List<EncodedRow> forget;
    private final List<EncodedRow> retain;
    private final int padId;
    private final int eosId;
    private final LanguageModel model;
    private final EpochOrder order;
    private State state;

    ClosedLoop(
            TrainingSettings settings,
            TrainingTarget target,
            Map<DataRole, List<EncodedRow>> rows,
            int padId,
            int eosId,
            LanguageModel model) {
        this.settings = settings;
        this.target = target;
        this.forget = rows.get(DataRole.FORGET);
        this.retain = rows.get(DataRole.RETAIN);
        this.padId = padId;
        this.eosId = eosId;
        this.model = model;
        this.order = new EpochOrder(settings.seed(), settings.shuffle());
        List<Double> unknown = java.util.Collections.nCopies(forget.size(), 1.0);
        this.state = new State(
                0,
                0,
                0,
                0,
                settings.learningRate(),
                1,
                false,
                unknown,
                java.util.Collections.nCopies(forget.size(), 0.0),
                0,
                List.of());
    }

    @Override
    public Next begin() {
        while (state.window() > 0 || state.trajectory().isEmpty()) {
            measure(0);
        }
        return Next.SAVE;
    }

    @Override
    public Step step(int done) {
        List<MicroBatch> batches = new ArrayList<>();
        for (int i = 0; i < settings.gradientAccumulation(); i++) {
            Map<DataRole, RowBatch> rows = new EnumMap<>(DataRole.class);
            if (!state.repairing()) {
                rows.put(DataRole.FORGET, batch(forget, nextStanding()));
            }
            rows.put(DataRole.RETAIN, batch(retain, nextRetained()));
            batches.add(new MicroBatch(rows, state.forgetting()));
        }
        return new Step(batches, state.rate(), (int) epochs(done) + 1);
    }

    @Override
    public Next after(int done) {
        boolean last = done >= steps();
        if (!last && done % target.every() != 0) {
            return Next.CONTINUE;
        }
        Decision decision = measure(done);
        if (decision == Decision.DONE || last) {
            return Next.END;
        }
        if (decision == Decision.STEP_BACK) {
            return Next.STEP_BACK;
        }
        if (state.good() >= SAVE_EVERY) {
            state = withGood(0);
            return Next.SAVE;
        }
        return Next.CONTINUE;
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
        State before = state;
        State good = JSON.convertValue(saved, State.class);
        state = new State(
                before.pass(),
                before.cursor(),
                before.retainTurns(),
                good.window(),
                before.rate(),
                before.forgetting(),
                false,
                good.exact(),
                good.loss(),
                0,
                before.trajectory());
    }

    @Override
    public Optional<Trajectory> trajectory() {
        return Optional.of(new Trajectory(state.trajectory()));
    }

    // ---- rows ----

    private boolean stands(int row) {
        return state.exact().get(row) > target.exactMemorization();
    }

    /** Rows that do not meet the target yet, in turn; all are asked again and again while there are few. */
    private int[] nextStanding() {
        int pass = state.pass();
        int cursor = state.cursor();
        int standing =
                (int) IntStream.range(0, forget.size()).filter(this::stands).count();
        int[] chosen = new int[Math.min(settings.batchSize(), standing)];
        int[] permutation = order.order(pass, forget.size());
        for (int found = 0; found < chosen.length; ) {
            if (cursor == forget.size()) {
                pass++;
                cursor = 0;
                permutation = order.order(pass, forget.size());
            }
            int row = permutation[cursor++];
            if (stands(row) && Arrays.stream(chosen, 0, found).noneMatch(it -> it == row)) {
                chosen[found++] = row;
            }
        }
        state = new State(
                pass,
                cursor,
                state.retainTurns(),
                state.window(),
                state.rate(),
                state.forgetting(),
                state.repairing(),
                state.exact(),
                state.loss(),
                state.good(),
                state.trajectory());
        return chosen;
    }

    private int[] nextRetained() {
        int count = Math.min(settings.retainBatchSize(), retain.size());
        int[] chosen = order.turns(state.retainTurns(), count, retain.size());
        state = new State(
                state.pass(),
                state.cursor(),
                state.retainTurns() + count,
                state.window(),
                state.rate(),
                state.forgetting(),
                state.repairing(),
                state.exact(),
                state.loss(),
                state.good(),
                state.trajectory());
        return chosen;
    }

    private RowBatch batch(List<EncodedRow> rows, int[] indices) {
        return new RowBatch(Arrays.stream(indices).mapToObj(rows::get).toList(), settings.maxLength(), padId, 1)
                .foldedPadding();
    }

    // ---- measuring and deciding ----

    private Decision measure(int done) {
        int from = state.window();
        int to = Math.min(forget.size(), from + WINDOW);
        List<TokenScores> forgetScores = scores(forget.subList(from, to));
        List<Double> exact = new ArrayList<>(state.exact());
        List<Double> loss = new ArrayList<>(state.loss());
        for (int i = from; i < to; i++) {
            exact.set(i, forgetScores.get(i - from).exactMemorization());
            loss.set(i, forgetScores.get(i - from).meanNll());
        }
        List<TokenScores> retainScores = scores(watched());
        double retainExact = mean(retainScores.stream()
                .mapToDouble(TokenScores::exactMemorization)
                .toArray());
        double retainLoss =
                mean(retainScores.stream().mapToDouble(TokenScores::meanNll).toArray());
        double[] exacts = exact.stream().mapToDouble(Double::doubleValue).toArray();
        int standing = (int) Arrays.stream(exacts)
                .filter(it -> it > target.exactMemorization())
                .count();
        double forgetLoss = mean(loss.stream().mapToDouble(Double::doubleValue).toArray());
        Measured base = state.trajectory().isEmpty() ? null : state.trajectory().getFirst();
        Measured before =
                state.trajectory().isEmpty() ? null : state.trajectory().getLast();
        double rise = base == null ? 0 : retainLoss - base.retainLoss();
        boolean kept = base == null
                || (rise <= target.retainLoss() && retainExact >= target.retainExact() * base.retainExact());
        Decision decision = decide(done, standing, kept, rise, forgetLoss, before);
        double rate = state.rate();
        double forgetting = state.forgetting();
        double set = settings.learningRate();
        switch (decision) {
            case FASTER -> {
                rate = Math.min(rate * FASTER, set * RATE_RANGE);
                forgetting = Math.min(1, forgetting * RECOVERY);
            }
            case GENTLER -> {
                forgetting = Math.max(forgetting * GENTLER, LEAST_FORGETTING);
                rate = Math.max(rate * SLOWER, set / RATE_RANGE);
            }
            case STEP_BACK -> {
                forgetting = Math.max(forgetting * GENTLER * GENTLER, LEAST_FORGETTING);
                rate = Math.max(rate * SLOWER * SLOWER, set / RATE_RANGE);
            }
            case CONTINUE -> forgetting = Math.min(1, forgetting * RECOVERY);
            case REPAIR -> rate = Math.max(rate * SLOWER, set / RATE_RANGE);
            case DONE, GAVE_UP -> {}
        }
        List<Measured> trajectory = new ArrayList<>(state.trajectory());
        trajectory.add(new Measured(
                done,
                rate,
                forgetting,
                standing,
                mean(exacts),
                Arrays.stream(exacts).max().orElse(0),
                forgetLoss,
                retainExact,
                retainLoss,
                decision));
        state = new State(
                state.pass(),
                state.cursor(),
                state.retainTurns(),
                to == forget.size() ? 0 : to,
                rate,
                forgetting,
                standing == 0,
                exact,
                loss,
                kept ? state.good() + 1 : state.good(),
                trajectory);
        return decision;
    }

    private Decision decide(
            int done, int standing, boolean kept, double rise, double forgetLoss, @Nullable Measured before) {
        if (standing == 0 && kept && before != null) {
            return Decision.DONE;
        }
        if (done >= steps()) {
            return Decision.GAVE_UP;
        }
        if (rise > MUCH * target.retainLoss()) {
            return Decision.STEP_BACK;
        }
        if (standing == 0) {
            return Decision.REPAIR;
        }
        if (!kept) {
            return Decision.GENTLER;
        }
        return before != null && !state.repairing() && forgetLoss - before.forgetLoss() < TOO_SLOW
                ? Decision.FASTER
                : Decision.CONTINUE;
    }

    private List<EncodedRow> watched() {
        int count = Math.min(WATCHED, retain.size());
        return Arrays.stream(order.turns(0, count, retain.size()))
                .mapToObj(retain::get)
                .toList();
    }

    private List<TokenScores> scores(List<EncodedRow> rows) {
        return new TeacherForcing(model, ROWS_AT_ONCE)
                .scores(rows.stream().map(row -> row.withoutEnd(eosId)).toList());
    }

    private State withGood(int good) {
        return new State(
                state.pass(),
                state.cursor(),
                state.retainTurns(),
                state.window(),
                state.rate(),
                state.forgetting(),
                state.repairing(),
                state.exact(),
                state.loss(),
                good,
                state.trajectory());
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).average().orElse(0);
    }
}
