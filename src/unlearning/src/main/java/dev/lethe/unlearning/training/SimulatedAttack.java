package dev.lethe.unlearning.training;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.Settings;
import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.EpochOrder;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The relearning attacks of a closed loop: the model in training is fine-tuned on some of its forget rows, as suite {@code
 * relearn} does it, and what was learned lies beside the model while the other rows are forgotten once more. (First-order
 * meta-learning against tampering, as in Tamirisa et al. 2024, arXiv 2408.00761.)
 *
 * @param rows the rows to forget
 * @param learned what the last attack learned
 */
record SimulatedAttack(LanguageModel model, List<EncodedRow> rows, int padId, long seed, Adapter learned)
        implements AutoCloseable {
    /** Rows that an attack trains on at most: it has few steps. */
    private static final int MOST = 64;

    /** So that no attack is one of those by which suite {@code relearn} judges. */
    private static final long SEEDS = 0x61747461636BL;

    static SimulatedAttack on(LanguageModel model, List<EncodedRow> rows, int padId, long seed) {
        return new SimulatedAttack(
                model, rows, padId, seed ^ SEEDS, attack(seed).begin(model));
    }

    /** Attacks the model as it is now; the same number trains on the same rows. */
    void run(int number) {
        Relearning attack = attack(seed + number);
        try (Adapter fresh = attack.begin(model)) {
            attack.learn(
                    fresh.trainable(),
                    model,
                    Arrays.stream(taught(number)).mapToObj(rows::get).toList(),
                    padId,
                    () -> {});
            SortedMap<String, Tensor> found = fresh.parameters();
            try (NoGrad _ = new NoGrad()) {
                learned.parameters().forEach((name, factor) -> factor.copyInPlace(found.get(name)));
            }
        }
    }

    /** The rows that an attack trains on: half of all, as far as it gets. */
    int[] taught(int number) {
        int[] order = new EpochOrder(seed, true).halves(number - 1, rows.size());
        return Arrays.copyOf(order, Math.clamp(rows.size() / 2, 1, MOST));
    }

    /** The model with what the last attack learned. */
    LanguageModel attacked() {
        return Relearning.under(model, learned);
    }

    private static Relearning attack(long seed) {
        Settings standard = Settings.of(
                Catalog.SUITES.find("relearn").orElseThrow(),
                Map.of(),
                (option, found, expected) -> InvalidInput.at("training", option, found, expected));
        return Relearning.of(standard, seed);
    }

    @Override
    public void close() {
        learned.close();
    }
}
