package dev.lethe.unlearning.training;

import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.EpochOrder;
import dev.lethe.unlearning.data.Refusals;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.objective.MicroBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The micro-batches of every step: a function of the settings and the step alone. An epoch walks through the leading
 * set, rows to forget or to learn; each forget row comes with its retain row, and with its decoupled row where there
 * are any.
 *
 * @param rows encoded, by role
 * @param refusals where rows to forget have refusals in place of their answers
 * @param padId the token in the padding
 */
record MicroBatches(
        TrainingSettings settings, Map<DataRole, List<EncodedRow>> rows, Optional<Refusals> refusals, int padId) {

    private DataRole leading() {
        return rows.containsKey(DataRole.FORGET) ? DataRole.FORGET : DataRole.DATA;
    }

    int leadingRows() {
        return rows.get(leading()).size();
    }

    int stepsPerEpoch() {
        return settings.stepsPerEpoch(leadingRows());
    }

    /** The micro-batches of a step, counted from 0. */
    List<MicroBatch> ofStep(int step) {
        int epoch = step / stepsPerEpoch();
        int perStep = settings.batchSize() * settings.gradientAccumulation();
        int from = step % stepsPerEpoch() * perStep;
        int to = Math.min(leadingRows(), from + perStep);
        EpochOrder order = new EpochOrder(settings.seed(), settings.shuffle());
        int[] chosen = Arrays.copyOfRange(order.order(epoch, leadingRows()), from, to);
        List<MicroBatch> batches = new ArrayList<>();
        for (int i = 0; i < chosen.length; i += settings.batchSize()) {
            int[] part = Arrays.copyOfRange(chosen, i, Math.min(chosen.length, i + settings.batchSize()));
            long before = (long) step * settings.gradientAccumulation() + i / settings.batchSize();
            batches.add(microBatch(part, order, epoch, before * settings.retainBatchSize(), 1));
        }
        return batches;
    }

    /**
     * A micro-batch of some rows of the leading set; of none of them where they are to rest.
     *
     * @param turns retain rows that had their turn before, where they take turns
     * @param forgetting the factor of the forget term's weight
     */
    MicroBatch microBatch(int[] leadingIndices, EpochOrder order, int epoch, long turns, double forgetting) {
        Map<DataRole, RowBatch> batches = new EnumMap<>(DataRole.class);
        List<EncodedRow> leadingSet = rows.get(leading());
        if (leadingIndices.length > 0) {
            batches.put(
                    leading(),
                    batch(refusals.map(it -> it.inPlaceOfAnswers(leadingSet, leadingIndices, order, epoch))
                            .orElseGet(() -> at(leadingIndices, leadingSet))));
        }
        for (DataRole role : List.of(DataRole.RETAIN, DataRole.DECOUPLE)) {
            if (leading() == DataRole.FORGET && rows.containsKey(role)) {
                List<EncodedRow> set = rows.get(role);
                int[] indices =
                        switch (settings.pairing()) {
                            case FIXED ->
                                Arrays.stream(leadingIndices)
                                        .map(i -> i % set.size())
                                        .toArray();
                            case RANDOM -> order.partners(role, epoch, leadingIndices, set.size());
                            case CYCLE -> order.turns(turns, settings.retainBatchSize(), set.size());
                        };
                batches.put(role, batch(at(indices, set)));
            }
        }
        return new MicroBatch(batches, forgetting);
    }

    private static List<EncodedRow> at(int[] indices, List<EncodedRow> set) {
        return Arrays.stream(indices).mapToObj(set::get).toList();
    }

    private RowBatch batch(List<EncodedRow> rows) {
        return new RowBatch(rows, settings.maxLength(), padId, 1).foldedPadding();
    }
}
