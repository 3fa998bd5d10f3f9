package dev.lethe.unlearning.model;

import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of the tokens so far, in memory that is allocated once for the longest sequence. A cache serves one
 * sequence of forward passes on one thread; its tensors live in the scope that was open when it was made.
 */
public final class KeyValueCache {

    private final List<Tensor> keys; // per layer [rows, kv heads, capacity, head]
    private final List<Tensor> values;
    private final int capacity;
    private int @Nullable [] padding;
    private int length;

    KeyValueCache(List<Tensor> keys, List<Tensor> values, int capacity) {
        this.keys = keys;
        this.values = values;
        this.capacity = capacity;
    }

    /** Tokens held for each row, padding included. */
    public int length() {
        return length;
    }

    /** Tokens of padding at the left of each row. */
    int[] padding(TokenBatch batch) {
        if (padding == null) {
            padding = batch.padding().clone();
        }
        return padding;
    }

    /** Appends keys [rows, kv heads, tokens, head] of a layer and returns all of that layer. */
    Tensor keys(int layer, Tensor added) {
        return append(keys.get(layer), added);
    }

    Tensor values(int layer, Tensor added) {
        return append(values.get(layer), added);
    }

    private Tensor append(Tensor held, Tensor added) {
        int tokens = (int) added.size(2);
        if (length + tokens > capacity) {
            throw new IllegalStateException("cache: found " + (length + tokens) + " tokens, expected " + capacity);
        }
        held.narrow(2, length, tokens).copyInPlace(added);
        return held.narrow(2, 0, length + tokens);
    }

    /** Counts the tokens that every layer has appended. */
    void advance(int tokens) {
        length += tokens;
    }

    /** Drops all rows but these, which from now on have this order. */
    public void keepRows(int... rows) {
        long[] index = Arrays.stream(rows).asLongStream().toArray();
        keys.replaceAll(tensor -> chosen(tensor, index));
        values.replaceAll(tensor -> chosen(tensor, index));
        if (padding != null) {
            int[] before = padding;
            padding = Arrays.stream(rows).map(row -> before[row]).toArray();
        }
    }

    private static Tensor chosen(Tensor held, long[] rows) {
        Tensor chosen = held.indexSelect(0, Tensor.on(held.device(), rows, rows.length));
        held.close();
        return chosen;
    }
}
