package dev.lethe.unlearning.training;

import dev.lethe.catalog.DataRole;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.EpochOrder;
import dev.lethe.unlearning.data.Pairing;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.objective.MicroBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The micro-batches of every step: a function of the settings and the step alone. An epoch walks through the leading
 * set, rows to forget or to learn; each forget row comes with its retain row.
 *
 * @param rows encoded, by role
 * @param padId the token in the padding
 */
record MicroBatches(TrainingSettings settings, Map<DataRole, List<EncodedRow>> rows, int padId) {

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
            batches.add(microBatch(part, order, epoch, before));
        }
        return batches;
    }

    /** @param before micro-batches before this one */
    private MicroBatch microBatch(int[] leadingIndices, EpochOrder order, int epoch, long before) {
        Map<DataRole, RowBatch> batches = new EnumMap<>(DataRole.class);
        batches.put(leading(), batch(leading(), leadingIndices));
        if (leading() == DataRole.FORGET && rows.containsKey(DataRole.RETAIN)) {
            batches.put(DataRole.RETAIN, batch(DataRole.RETAIN, retained(leadingIndices, order, epoch, before)));
        }
        return new MicroBatch(batches);
    }

    private int[] retained(int[] leadingIndices, EpochOrder order, int epoch, long before) {
        int count = rows.get(DataRole.RETAIN).size();
        if (settings.pairing() == Pairing.CYCLE) {
            return order.turns(before * settings.retainBatchSize(), settings.retainBatchSize(), count);
        }
        int[] partners = order.partners(settings.pairing(), epoch, leadingRows(), count);
        return Arrays.stream(leadingIndices).map(i -> partners[i]).toArray();
    }

    private RowBatch batch(DataRole role, int[] indices) {
        return new RowBatch(
                        Arrays.stream(indices).mapToObj(rows.get(role)::get).toList(), settings.maxLength(), padId, 1)
                .foldedPadding();
    }
}
