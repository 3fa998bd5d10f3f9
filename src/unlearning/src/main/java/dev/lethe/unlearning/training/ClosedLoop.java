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
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import dev.lethe.unlearning.training.Measured.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Trains until every row is forgotten and nothing else is lost, as far as a {@link TrainingTarget} says.
 *
 * <p>Every few steps the rows are measured. A row to forget that meets the target is left alone, so that it is not pushed
 * further than it has to be, and comes back where it is remembered again. The rate rises while too little is forgotten;
 * where the retain rows suffer, forgetting weighs less, and where they suffer much, the run goes back to its last good
 * checkpoint. When all is forgotten, retain rows alone are learned until they are as good as they have to be.
 *
 * <p>Where the target has attacks, what looks forgotten is then attacked, and rows that come back are forgotten in the presence of what
 * the attack learned.
 *
 * <p>What it does next is a function of its {@link State}, so that a continued run gives the same numbers.
 */
final class ClosedLoop implements Course {
    /** Rows of each set that one measurement looks at; of larger sets another window each time. */
    private static final int WINDOW = 128;

    /** Documents that tell how well the base says what it never saw. */
    private static final int UNSEEN = 64;

    /** Retain rows that are watched: always the same, so that their loss can be compared. */
    private static final int WATCHED = 64;

    /** Rows that go through the model together when they are measured. */
    static final int ROWS_AT_ONCE = 16;

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
    record Remembered(int window, List<Double> exact, List<Double> loss) {
        Remembered from(int other) {
            return new Remembered(other, exact, loss);
        }
    }

    /**
     * All that decides what comes next.
     *
     * @param attacks attacks that were made
     * @param attacked whether the last of them is withstood only now: its update lies beside the model
     * @param good measurements since the last checkpoint at which nothing was lost
     */
    record State(
            Turns turns,
            Remembered remembered,
            Pace pace,
            boolean repairing,
            int attacks,
            boolean attacked,
            int good,
            List<Measured> trajectory) {
        State with(Turns other) {
            return new State(other, remembered, pace, repairing, attacks, attacked, good, trajectory);
        }

        State with(Remembered other) {
            return new State(turns, other, pace, repairing, attacks, attacked, good, trajectory);
        }

        State withAttack(int number, boolean present) {
            return new State(turns, remembered, pace, repairing, number, present, good, trajectory);
        }

        State saved() {
            return new State(turns, remembered, pace, repairing, attacks, attacked, 0, trajectory);
        }
    }

    private final TrainingSettings settings;
    private final TrainingTarget target;
    private final List<EncodedRow> forget;
    private final List<EncodedRow> watched;
    private final List<EncodedRow> retain;
    private final NovelTokens novel;
    private final MicroBatches batches;
    private final LanguageModel base;
    private final boolean begunBefore;
    private final LanguageModel model;
    private final EpochOrder order;
    private final Optional<SimulatedAttack> attack;
    private final double forgottenAt;
    private State state;

    /**
     * @param nonMembers documents that the base never saw; may be none
     * @param base what the model is compared with
     * @param begunBefore whether the model does not begin as the base
     */
    ClosedLoop(
            TrainingSettings settings,
            TrainingTarget target,
            MicroBatches batches,
            int eosId,
            List<EncodedRow> nonMembers,
            LanguageModel base,
            boolean begunBefore,
            LanguageModel model) {
        this.settings = settings;
        this.target = target;
        this.retain = batches.rows().get(DataRole.RETAIN);
        this.forget = withoutEnds(batches.rows().get(DataRole.FORGET), eosId);
        this.novel = NovelTokens.beside(retain);
        this.batches = batches;
        this.base = base;
        this.begunBefore = begunBefore;
        this.model = model;
        this.order = new EpochOrder(settings.seed(), settings.shuffle());
        int count = Math.min(WATCHED, retain.size());
        int[] turns = order.turns(0, count, retain.size());
        this.attack = target.attacks() == 0
                ? Optional.empty()
                : Optional.of(SimulatedAttack.on(
                        model, batches.rows().get(DataRole.FORGET), batches.padId(), settings.seed()));
        this.forgottenAt = forgottenAt(withoutEnds(nonMembers, eosId));
        this.watched = withoutEnds(Arrays.stream(turns).mapToObj(retain::get).toList(), eosId);
        this.state = new State(
                new Turns(0, 0, 0),
                new Remembered(0, Collections.nCopies(forget.size(), 1.0), Collections.nCopies(forget.size(), 0.0)),
                Pace.of(settings.learningRate()),
                false,
                0,
                false,
                0,
                List.of());
    }

    @Override
    public Next begin() {
        if (begunBefore) {
            measureAll(0, base);
        }
        measureAll(0, model);
        return Next.SAVE;
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
        return new Step(
                made,
                state.pace().rate(),
                (int) epochs(done) + 1,
                attack.filter(_ -> state.attacked()).map(SimulatedAttack::learned));
    }

    @Override
    public Next after(int done) {
        boolean last = done >= steps();
        if (!last && done % target.every() != 0) {
            return Next.CONTINUE;
        }
        int attacks = state.attacks();
        Decision decision = measure(done, model);
        while (decision == Decision.DONE && !last && goesOn()) {
            decision = measureAll(done, model);
        }
        if (decision == Decision.DONE || last) {
            return Next.END;
        }
        if (decision == Decision.STEP_BACK) {
            return Next.STEP_BACK;
        }
        boolean begun = state.attacks() > attacks;
        if (state.good() < SAVE_EVERY && !begun) {
            return Next.CONTINUE;
        }
        state = state.saved();
        // What an attack learned cannot be learned again from the weights of a later step. By itself the model has
        // forgotten all.
        return begun ? Next.KEEP : Next.SAVE;
    }

    /** After an attack that is withstood the model by itself; then the next attack, where there is one. */
    private boolean goesOn() {
        if (state.attacked()) {
            state = state.withAttack(state.attacks(), false);
            return true;
        }
        if (state.attacks() == target.attacks()) {
            return false;
        }
        state = state.withAttack(state.attacks() + 1, true);
        attack.orElseThrow().run(state.attacks());
        return true;
    }

    @Override
    public int steps() {
        return settings.epochs() * stepsPerEpoch();
    }

    private int stepsPerEpoch() {
        return settings.stepsPerEpoch(forget.size());
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
        state = new State(
                state.turns(),
                good.remembered(),
                state.pace(),
                false,
                good.attacks(),
                good.attacked(),
                0,
                state.trajectory());
    }

    @Override
    public SortedMap<String, Tensor> tensors() {
        return attack.map(it -> it.learned().parameters()).orElseGet(Collections::emptySortedMap);
    }

    @Override
    public void close() {
        attack.ifPresent(SimulatedAttack::close);
    }

    @Override
    public Optional<Trajectory> trajectory() {
        return Optional.of(new Trajectory(state.trajectory(), forgottenAt));
    }

    /** Nobody who never saw a row knows less of it than of others that he never saw. */
    private double forgottenAt(List<EncodedRow> nonMembers) {
        List<EncodedRow> some = nonMembers.subList(0, Math.min(UNSEEN, nonMembers.size()));
        List<TokenScores> scores = scores(Optional.empty(), base, some);
        return Math.max(target.exactMemorization(), novel.exactMemorization(some, scores));
    }

    // ---- rows ----

    private boolean stands(int row) {
        return state.remembered().exact().get(row) > forgottenAt;
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

    /** Every row, and what is to be done after the last of them. */
    private Decision measureAll(int done, LanguageModel measured) {
        state = state.with(state.remembered().from(0));
        Decision decision;
        do {
            decision = measure(done, measured);
        } while (state.remembered().window() > 0);
        return decision;
    }

    private Decision measure(int done, LanguageModel measured) {
        Remembered remembered = remembered(measured);
        List<TokenScores> retained = scores(measured, watched);
        Observation now = new Observation(
                (int) remembered.exact().stream().filter(it -> it > forgottenAt).count(),
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
        trajectory.add(new Measured(
                done, pace.rate(), pace.forgetting(), state.attacked() ? state.attacks() : 0, now, decision));
        state = new State(
                state.turns(),
                remembered,
                pace,
                now.standing() == 0,
                state.attacks(),
                state.attacked(),
                kept ? state.good() + 1 : state.good(),
                List.copyOf(trajectory));
        return decision;
    }

    /** What is remembered, with what the model says now of the rows in the window. */
    private Remembered remembered(LanguageModel measured) {
        int from = state.remembered().window();
        int to = Math.min(forget.size(), from + WINDOW);
        Optional<SimulatedAttack> now = attack.filter(_ -> state.attacked());
        Set<Integer> taught = now.map(
                        it -> Arrays.stream(it.taught(state.attacks())).boxed().collect(Collectors.toSet()))
                .orElseGet(Set::of);
        NovelTokens told = taught.isEmpty() ? novel : besides(taught);
        List<TokenScores> scores = scores(now, measured, forget.subList(from, to));
        List<Double> exact = new ArrayList<>(state.remembered().exact());
        List<Double> loss = new ArrayList<>(state.remembered().loss());
        for (int i = from; i < to; i++) {
            TokenScores ofNovel = told.of(forget.get(i), scores.get(i - from));
            exact.set(i, taught.contains(i) || ofNovel.size() == 0 ? 0 : ofNovel.exactMemorization());
            loss.set(i, scores.get(i - from).meanNll());
        }
        return new Remembered(to == forget.size() ? 0 : to, exact, loss);
    }

    /** Of rows that an attack does not teach counts only what it did not tell. */
    private NovelTokens besides(Set<Integer> taught) {
        return NovelTokens.beside(
                Stream.concat(retain.stream(), taught.stream().map(forget::get)).toList());
    }

    private static List<TokenScores> scores(
            Optional<SimulatedAttack> attack, LanguageModel measured, List<EncodedRow> rows) {
        try (Scope _ = new Scope();
                NoGrad _ = new NoGrad()) {
            return scores(attack.map(SimulatedAttack::attacked).orElse(measured), rows);
        }
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
